import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Digest, digestOf } from "../../src/core/base/digest.ts";
import { createProcessRunner } from "../../src/edge/process/run-process.ts";
import { createHttpRegistry } from "../../src/edge/registry/http/client.ts";
import type { ScanSubject } from "../../src/edge/scanner/port.ts";
import { createTrivySource } from "../../src/edge/scanner/trivy/trivy-source.ts";
import { requireEngine } from "../kit/engine.ts";
import { createTrivyDatabase, DATABASE_DATE, TRIVY_FLAGS, trivyReport } from "../kit/fake-trivy.ts";
import { pushStored } from "../kit/stored-image.ts";
import { debComponent } from "../kit/suite-index.ts";
import { folderItem, type TarItem } from "../kit/tar-writer.ts";

const engine = await requireEngine();
const OPENSSL = debComponent("libssl3", "3.0.9-1", { source: "openssl" });
const HOLE = { id: "CVE-2026-1", name: "libssl3", installed: "3.0.9-1" };
const REPORT = JSON.stringify(trivyReport({ components: [OPENSSL], vulnerabilities: [HOLE] }));
const NAME = `trivy-container-${process.pid}`;

/**
 * A shell program in Trivy's place. It answers only where it sees what it was given, and where nothing is there that it was
 * not given.
 */
const PROGRAM = `#!/bin/sh
set -eu
fail() { echo "FATAL $*" >&2; exit 1; }
cache=
for word; do case $word in --cache-dir=*) cache=\${word#--cache-dir=};; esac; done
case "$1 $*" in
version*)
  read -r metadata <"$cache/db/metadata.json" || [ -n "$metadata" ]
  echo "{\\"Version\\":\\"0.57.1\\",\\"VulnerabilityDB\\":$metadata}";;
*--help*)
  for flag in ${TRIVY_FLAGS.join(" ")}; do echo "  --$flag x"; done;;
*hang*)
  while :; do read -r line <"$HOME/tmp/none" 2>/dev/null || read -r line </proc/self/stat; done;;
*)
  [ "$(echo *)" = "*" ] || fail "the working directory is not empty"
  [ -z "\${GH_TOKEN-}" ] || fail "it was given a secret"
  echo x >"$HOME/tmp/x" || fail "it may not write where it should"
  (echo x >/x) 2>/dev/null && fail "it may write where it should not"
  echo '${REPORT}';;
esac
`;

describe.skipIf(engine === undefined)("Trivy as an image, on a real engine", () => {
  if (engine === undefined) return;
  const registry = createHttpRegistry();
  const [client, ...prefix] = engine.docker;
  let folder: string;
  let digest: Digest;

  const docker = (...args: readonly string[]): string => {
    const env = { ...process.env, DOCKER_HOST: engine.dockerHost };
    return spawnSync(client, [...prefix, ...args], { encoding: "utf8", env }).stdout;
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "trivy-real-"));
    const at = { host: engine.registry, repository: `tools/${NAME}`, tag: "x" };
    digest = await pushStored(registry, at, { layers: [shellItems()] });
  });

  afterAll(() => {
    docker("image", "rm", "--force", imageOf());
    registry.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const imageOf = () => `${engine.registry}/tools/${NAME}@${digest}`;

  const subjectOf = (repository: string): ScanSubject => ({
    name: "base",
    at: { host: "127.0.0.1:1", repository, digest: digestOf("base") },
    platform: "linux/amd64",
    sbom: {
      subject: { name: "base", digest: undefined, architecture: "amd64" },
      created: undefined,
      tool: "test",
      system: { id: "debian", version: "12" },
      components: [OPENSSL],
    },
  });

  const sourceOf = (timeoutMs: number) =>
    createTrivySource({
      settings: {
        program: {
          kind: "container",
          image: imageOf(),
          dockerHost: engine.dockerHost,
          docker: engine.docker,
        },
        database: createTrivyDatabase(folder, { UpdatedAt: DATABASE_DATE }),
        timeoutMs,
      },
      runner: createProcessRunner({ ...process.env, GH_TOKEN: "a secret" }),
      env: { ...process.env, GH_TOKEN: "a secret" },
      folder: join(folder, "state"),
      isInsecure: () => true,
    });

  it("answers from what it was given, and can change nothing else", async () => {
    const [answer] = await sourceOf(60_000).scan([subjectOf("base")], {
      signal: new AbortController().signal,
    });
    expect(answer).toMatchObject({
      state: "scanned",
      vulnerabilities: [{ id: "CVE-2026-1" }],
      facts: { tool: `Trivy 0.57.1, ${digest}` },
    });
  });

  it("leaves no container behind where it does not end", async () => {
    const [answer] = await sourceOf(4000).scan([subjectOf("hang")], { signal: new AbortController().signal });
    expect(answer).toMatchObject({ state: "error", why: "Trivy did not end within 4 seconds" });
    expect(docker("ps", "--all", "--quiet", "--filter", `ancestor=${imageOf()}`)).toBe("");
  });
});

/** The host's own shell with its libraries, and the program. */
function shellItems(): readonly TarItem[] {
  const listed = spawnSync("ldd", ["/bin/sh"], { encoding: "utf8" }).stdout;
  const paths = ["/bin/sh", ...(listed.match(/\/[^ :)]+/g) ?? [])];
  const items = [...new Set(paths)].map((path) => ({
    path: path.slice(1),
    mode: 0o755,
    content: readFileSync(path),
  }));
  return [
    folderItem("proc"),
    folderItem("tmp"),
    ...items,
    { path: "bin/trivy", mode: 0o755, content: PROGRAM },
  ];
}

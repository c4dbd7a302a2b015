import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SbomComponent } from "../../../src/core/audit/sbom/sbom.ts";
import { type Digest, digestOf } from "../../../src/core/base/digest.ts";
import { createProcessRunner } from "../../../src/edge/process/run-process.ts";
import { createLayoutRegistry } from "../../../src/edge/registry/layout.ts";
import type { ScanSubject, SourceAnswer } from "../../../src/edge/scanner/port.ts";
import type { TrivySettings } from "../../../src/edge/scanner/trivy/trivy-settings.ts";
import { createTrivySource } from "../../../src/edge/scanner/trivy/trivy-source.ts";
import { debianItems } from "../../kit/debian-image.ts";
import {
  createFakeTrivy,
  createTrivyDatabase,
  DATABASE_DATE,
  type FakeTrivy,
  TRIVY_FLAGS,
  type TrivyScenario,
  trivyReport,
} from "../../kit/fake-trivy.ts";
import { pypiComponent } from "../../kit/pypi-component.ts";
import { pushStored } from "../../kit/stored-image.ts";
import { debComponent } from "../../kit/suite-index.ts";
import { tarOf } from "../../kit/tar-writer.ts";

const OPENSSL = debComponent("libssl3", "3.0.9-1", { source: "openssl" });
const JINJA = pypiComponent("jinja2", "2.10");
const DIGEST = digestOf("manifest");
const IMAGE = `127.0.0.1:5000/fleet/base@${DIGEST}`;
const HOLE = { id: "CVE-2026-1", name: "libssl3", installed: "3.0.9-1", Severity: "HIGH" };
const GOOD = { reports: { [IMAGE]: trivyReport({ components: [OPENSSL], vulnerabilities: [HOLE] }) } };

let folder: string;
let trivy: FakeTrivy;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trivy-source-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const SUBJECT: ScanSubject = {
  name: "base",
  at: { host: "127.0.0.1:5000", repository: "fleet/base", digest: DIGEST },
  platform: "linux/amd64",
  sbom: sbomOf([OPENSSL]),
};

function sbomOf(components: readonly SbomComponent[]): ScanSubject["sbom"] {
  return {
    subject: { name: "base", digest: DIGEST, architecture: "amd64" },
    created: undefined,
    tool: "test",
    system: { id: "debian", version: "12" },
    components,
  };
}

interface Scanning {
  readonly settings?: Partial<TrivySettings> & { readonly sha256?: Digest };
  readonly subjects?: readonly ScanSubject[];
  readonly metadata?: unknown;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

async function scanAll(
  scenario: TrivyScenario,
  { settings: { sha256, ...settings } = {}, subjects = [SUBJECT], metadata, env = {}, signal }: Scanning = {},
): Promise<readonly SourceAnswer[]> {
  mkdirSync(join(folder, "bin"), { recursive: true });
  trivy = createFakeTrivy(join(folder, "bin"), scenario);
  const source = createTrivySource({
    settings: {
      program: { kind: "binary", path: trivy.path, ...(sha256 === undefined ? {} : { sha256 }) },
      database: metadata === null ? join(folder, "nowhere") : createTrivyDatabase(folder, metadata),
      timeoutMs: 5000,
      ...settings,
    },
    runner: createProcessRunner({ PATH: process.env["PATH"], ...env }),
    env: { PATH: process.env["PATH"], ...env },
    folder: join(folder, "state"),
    isInsecure: (host) => host.startsWith("127.0.0.1"),
  });
  return source.scan(subjects, { signal: signal ?? new AbortController().signal });
}

const scan = async (...args: Parameters<typeof scanAll>) => (await scanAll(...args))[0];

describe("a scan by Trivy", () => {
  it("says what it found, by which program and which database", async () => {
    const answer = await scan(GOOD);
    expect(answer).toMatchObject({
      state: "scanned",
      vulnerabilities: [{ id: "CVE-2026-1", component: { id: OPENSSL.id }, severity: "high" }],
      looked: { deb: 1, pypi: 0 },
    });
    expect(answer?.facts).toEqual({
      source: "trivy",
      tool: expect.stringMatching(/^Trivy 0\.57\.1, sha256:[0-9a-f]{64}$/) as string,
      database: {
        digest: digestOf("what is known to be vulnerable"),
        updatedAt: Date.parse(DATABASE_DATE),
        from: "Trivy's database of schema 2",
      },
    });
  });

  it("asks by digest, offline, for vulnerabilities alone and all packages", async () => {
    await scan(GOOD);
    const { args } = trivy.starts().at(-1) ?? { args: [] };
    expect(args.filter((arg) => !/^--(?:cache-dir|config|ignorefile)=/.test(arg))).toEqual([
      "image",
      "--format=json",
      "--scanners=vuln",
      "--list-all-pkgs",
      "--exit-code=0",
      "--severity=UNKNOWN,LOW,MEDIUM,HIGH,CRITICAL",
      "--skip-db-update",
      "--offline-scan",
      "--skip-java-db-update",
      "--no-progress",
      "--show-suppressed",
      "--timeout=5s",
      "--platform=linux/amd64",
      "--image-src",
      "remote",
      "--insecure",
      IMAGE,
    ]);
  });

  it("gives it the flags that its version has", async () => {
    const older = TRIVY_FLAGS.filter((flag) => !["scanners", "show-suppressed"].includes(flag));
    await scan({ ...GOOD, flags: [...older, "security-checks", "disable-telemetry", "skip-version-check"] });
    const { args } = trivy.starts().at(-1) ?? { args: [] };
    expect(args).toEqual(
      expect.arrayContaining(["--security-checks=vuln", "--disable-telemetry", "--skip-version-check"]),
    );
    expect(args).not.toContain("--show-suppressed");
  });

  it("speaks TLS to a registry that is not named as insecure", async () => {
    const at = { host: "registry.example", repository: "base", digest: DIGEST };
    await scan({}, { subjects: [{ ...SUBJECT, at }] });
    const { args } = trivy.starts().at(-1) ?? { args: [] };
    expect(args).not.toContain("--insecure");
    expect(args.at(-1)).toBe(`registry.example/base@${DIGEST}`);
  });

  it("runs in an empty folder, with empty files for its settings, and without our environment", async () => {
    const env = {
      HOME: "/home/someone",
      GH_TOKEN: "a secret",
      TRIVY_IGNORE_UNFIXED: "true",
      TRIVY_SEVERITY: "LOW",
      LD_PRELOAD: "/x.so",
      HTTPS_PROXY: "http://proxy.example:3128",
      SSL_CERT_FILE: "/etc/ssl/bundle.pem",
    };
    await scan(GOOD, { env });
    expect(trivy.starts()).toHaveLength(3);
    for (const start of trivy.starts()) {
      expect(start).toMatchObject({ here: [], home: ["tmp"] });
      const { PATH: _path, HOME, TMPDIR, ...rest } = start.env;
      expect(rest).toEqual({
        DOCKER_CONFIG: "/home/someone/.docker",
        HTTPS_PROXY: "http://proxy.example:3128",
        LC_ALL: "C",
        SSL_CERT_FILE: "/etc/ssl/bundle.pem",
        TRIVY_DISABLE_TELEMETRY: "true",
        TRIVY_SKIP_VERSION_CHECK: "true",
      });
      expect(TMPDIR).toBe(`${HOME}/tmp`);
    }
    expect(trivy.starts().at(-1)).toMatchObject({ config: "", ignore: "" });
  });

  it("leaves its knowledge of layers and nothing else", async () => {
    await scan(GOOD);
    await scan(GOOD);
    expect(readdirSync(join(folder, "state"))).toEqual([expect.stringMatching(/^cache-[0-9a-f]{12}$/)]);
    const [cache = ""] = readdirSync(join(folder, "state"));
    expect(readdirSync(join(folder, "state", cache))).toEqual([]);
    await scan({ ...GOOD, version: "0.58.0" });
    expect(readdirSync(join(folder, "state"))).toHaveLength(1);
    expect(readdirSync(join(folder, "state"))).not.toContain(cache);
  });

  it("answers for each image, one failing and the other not", async () => {
    const other = { ...SUBJECT, name: "other", at: { host: "h", repository: "r", digest: digestOf("2") } };
    const answers = await scanAll(GOOD, { subjects: [other, SUBJECT] });
    expect(answers.map(({ state }) => state)).toEqual(["error", "scanned"]);
    expect(await scanAll(GOOD, { subjects: [] })).toEqual([]);
  });

  it("reads an image from an OCI layout, whatever its path has in it", async () => {
    const layout = join(folder, "a:b@c", "layout");
    mkdirSync(layout, { recursive: true });
    const items = debianItems({ packages: { libssl3: { Version: "3.0.9-1" } } });
    await pushStored(
      createLayoutRegistry(layout),
      { host: "h", repository: "canary", tag: "x" },
      { layers: [items] },
    );
    const layer = { layer: 0, diffId: digestOf(tarOf(items)), instruction: undefined };
    const planted = [OPENSSL, JINJA].map((each) => ({ ...each, broughtBy: layer }));
    const vulnerabilities = [HOLE, { id: "CVE-2019-10906", name: "jinja2", installed: "2.10" }];
    const reports = { layout: trivyReport({ components: planted, vulnerabilities, diffIds: [] }) };
    const answer = await scan(
      { reports },
      { subjects: [{ ...SUBJECT, at: undefined, layout, sbom: sbomOf(planted) }] },
    );
    expect(answer).toMatchObject({
      state: "scanned",
      vulnerabilities: [{ id: "CVE-2026-1" }, { id: "CVE-2019-10906", component: { id: JINJA.id } }],
    });
    expect(trivy.starts().at(-1)?.args.slice(-2)).toEqual(["--input", "../layout"]);
  });
});

describe("Trivy is never believed where", () => {
  it.each<readonly [string, TrivyScenario, string]>([
    [
      "it fails",
      {
        exit: 1,
        stderr:
          "2026-11-26T10:00:00Z\tINFO\tx\n2026-11-26T10:00:01Z\tFATAL\tFatal error\t\u001b[31mscan error\u001b[0m\n",
      },
      "Trivy ended with 1: FATAL Fatal error scan error",
    ],
    ["it fails after a good report", { ...GOOD, exit: 1 }, "Trivy ended with 1"],
    ["it crashes", { mode: "crash" }, "Trivy was ended by SIGABRT"],
    ["it is killed", { mode: "kill" }, "Trivy was ended by SIGKILL"],
    ["it prints nothing", { reports: { [IMAGE]: "" } }, "Trivy ended well, but it printed no report"],
    [
      "it prints HTML",
      { reports: { [IMAGE]: "<!doctype html>" } },
      "Trivy ended well, but it printed HTML in place of a report",
    ],
    [
      "its report is cut off",
      { reports: { [IMAGE]: JSON.stringify(GOOD.reports[IMAGE]).slice(0, 99) } },
      "Trivy ended well, but its report is no JSON (line 1, column 100)",
    ],
    ["it prints without end", { mode: "flood" }, "Trivy printed more than a report can have, and was ended"],
    [
      "it did not scan",
      { reports: { [IMAGE]: trivyReport({ components: [] }) } },
      "Trivy: it saw no packages of the system in an image that has 1",
    ],
    [
      "it reads another database",
      { ...GOOD, database: "other" },
      "Trivy 0.57.1 reads another database than the one it was given",
    ],
    [
      "its version is none",
      { ...GOOD, version: "<html>" },
      "/FOLDER/bin/trivy does not say its version: is it Trivy?",
    ],
    [
      "it is too old",
      { ...GOOD, flags: ["format", "exit-code"] },
      "Trivy 0.57.1 has no --list-all-pkgs, --severity, --skip-db-update, --offline-scan, --cache-dir, --config, --ignorefile, --timeout, --input, --image-src, --platform, --scanners",
    ],
  ])("%s", async (_, scenario, why) => {
    const answer = await scan(scenario);
    const said = answer?.state === "scanned" ? "" : answer?.why.replace(folder, "/FOLDER");
    expect({ state: answer?.state, why: said }).toEqual({ state: "error", why });
  });

  it.each(["hang", "stubborn"] as const)("a scan does not end (%s)", async (mode) => {
    const runner = createProcessRunner({ PATH: process.env["PATH"] });
    trivy = createFakeTrivy(folder, { mode });
    const source = createTrivySource({
      settings: {
        program: { kind: "binary", path: trivy.path },
        database: createTrivyDatabase(folder),
        timeoutMs: 400,
      },
      // Its patience is not what is tested.
      runner: { run: (command) => runner.run({ ...command, grace: 200 }) },
      env: { PATH: process.env["PATH"] },
      folder: join(folder, "state"),
      isInsecure: () => true,
    });
    const [answer] = await source.scan([SUBJECT], { signal: new AbortController().signal });
    expect(answer).toMatchObject({
      state: "error",
      why: expect.stringMatching(/did not end within/) as string,
    });
    expect(readdirSync(join(folder, "state")).filter((name) => name.startsWith("room-"))).toEqual([]);
  });

  it("the program is not the one that was pinned, which is then never started", async () => {
    const answer = await scan(GOOD, { settings: { sha256: digestOf("the real one") } });
    expect(answer).toMatchObject({
      state: "error",
      why: expect.stringMatching(
        /is not the Trivy that is pinned: expected sha256:.*, found sha256:/,
      ) as string,
    });
    expect(trivy.starts()).toEqual([]);
  });

  it("the version is another than was pinned; v before it is none", async () => {
    expect(await scan(GOOD, { settings: { version: "0.58.0" } })).toMatchObject({
      state: "error",
      why: expect.stringMatching(/is version 0\.57\.1, pinned is 0\.58\.0$/) as string,
    });
    expect(await scan(GOOD, { settings: { version: "v0.57.1" } })).toMatchObject({ state: "scanned" });
  });

  it("its database changes while it is used", async () => {
    const touch = join(folder, "caches", "db", "trivy.db");
    expect(await scan({ ...GOOD, touch })).toMatchObject({
      state: "error",
      why: "the database of Trivy changed while it was used",
    });
  });
});

describe("Trivy is unknown where", () => {
  it.each<readonly [string, unknown, RegExp]>([
    ["there is no database", null, /^there is no database of Trivy in .*nowhere/],
    ["its metadata is none", "{", /^there is no database of Trivy in /],
    ["its metadata has no date", { UpdatedAt: "soon" }, /metadata\.json does not say its schema and when/],
    ["its metadata is no object", "[]", /metadata\.json does not say its schema and when/],
    ["its schema is old", { Version: 1 }, /has the old schema 1$/],
  ])("%s", async (_, metadata, why) => {
    const answer = await scan(GOOD, { metadata });
    expect(answer).toMatchObject({ state: "unknown", why: expect.stringMatching(why) as string });
    expect(trivy.starts()).toEqual([]);
  });

  it("the database is not the one that is pinned", async () => {
    const pinned = digestOf("what is known to be vulnerable");
    expect(await scan(GOOD, { settings: { databaseDigest: pinned } })).toMatchObject({ state: "scanned" });
    const answer = await scan(GOOD, { settings: { databaseDigest: digestOf("another") } });
    expect(answer).toMatchObject({
      state: "unknown",
      why: expect.stringMatching(
        /is not the one that is pinned: expected sha256:.*, found sha256:/,
      ) as string,
    });
  });

  it("the program sees no database itself", async () => {
    expect(await scan({ ...GOOD, database: "none" })).toMatchObject({
      state: "unknown",
      why: `Trivy 0.57.1 sees no database in ${join(folder, "caches", "db")}`,
    });
  });

  it("nothing says where a database would be", async () => {
    const source = createTrivySource({
      settings: { program: { kind: "binary", path: createFakeTrivy(folder).path } },
      runner: createProcessRunner(),
      env: { PATH: process.env["PATH"] },
      folder,
      isInsecure: () => true,
    });
    expect(await source.scan([SUBJECT], { signal: new AbortController().signal })).toMatchObject([
      { state: "unknown", why: "nothing says where the database of Trivy lies" },
    ]);
  });

  it("the image lies nowhere", async () => {
    expect(await scan(GOOD, { subjects: [{ ...SUBJECT, at: undefined }] })).toMatchObject({
      state: "unknown",
      why: "the image lies in no registry and in no folder",
    });
  });
});

describe("the program", () => {
  const find = async (env: Readonly<Record<string, string>>) => {
    const source = createTrivySource({
      settings: { program: { kind: "binary" }, database: createTrivyDatabase(folder) },
      runner: createProcessRunner(),
      env,
      folder: join(folder, "state"),
      isInsecure: () => true,
    });
    const [answer] = await source.scan([SUBJECT], { signal: new AbortController().signal });
    return answer?.state === "scanned" ? "found" : answer?.why;
  };
  const PATH = process.env["PATH"] ?? "";

  it("is on PATH, or where LAPSTRAKE_TRIVY says", async () => {
    const { path } = createFakeTrivy(folder, GOOD);
    expect(await find({ PATH: `relative:${folder}:${PATH}` })).toBe("found");
    expect(await find({ PATH, LAPSTRAKE_TRIVY: path })).toBe("found");
  });

  it("is unknown where it is not there, or is no program", async () => {
    const empty = join(folder, "empty");
    mkdirSync(join(empty, "trivy"), { recursive: true });
    expect(await find({ PATH: empty })).toBe("there is no trivy on PATH");
    writeFileSync(join(folder, "text"), "x");
    chmodSync(join(folder, "text"), 0o644);
    expect(await find({ PATH, LAPSTRAKE_TRIVY: join(folder, "text") })).toBe(
      `there is no program at ${folder}/text`,
    );
  });

  it("has its database in Trivy's own cache, where none is named", async () => {
    const { path } = createFakeTrivy(folder, GOOD);
    const caches = join(createTrivyDatabase(folder), "..");
    mkdirSync(join(caches, "java-db"));
    const source = createTrivySource({
      settings: { program: { kind: "binary", path } },
      runner: createProcessRunner(),
      env: { PATH, TRIVY_CACHE_DIR: caches },
      folder: join(folder, "state"),
      isInsecure: () => true,
    });
    const [answer] = await source.scan([SUBJECT], { signal: new AbortController().signal });
    expect(answer?.facts?.database?.digest).toBe(digestOf("what is known to be vulnerable"));
    // The links in the cache are gone; what they led to is not.
    expect(existsSync(join(caches, "java-db"))).toBe(true);
  });

  it("is ended by an abort, which is thrown", async () => {
    const controller = new AbortController();
    const scanning = scanAll({ mode: "hang" }, { signal: controller.signal });
    while (!existsSync(join(folder, "bin")) || trivy.starts().length < 3)
      await new Promise((done) => setTimeout(done, 20));
    controller.abort(new Error("stopped"));
    await expect(scanning).rejects.toThrow("stopped");
    expect(readdirSync(join(folder, "state")).filter((name) => name.startsWith("room-"))).toEqual([]);
  });
});

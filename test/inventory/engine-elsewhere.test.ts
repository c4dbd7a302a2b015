import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { digestOf } from "../../src/core/base/digest.ts";
import { connectEngine } from "../../src/edge/engine/connect-engine.ts";
import { type ScriptedEngine, startScriptedEngine } from "../engine/scripted-engine.ts";

const IMAGE = {
  Id: "sha256:1",
  RepoTags: ["web:1"],
  RepoDigests: null,
  Size: 5,
  Manifests: [
    { ID: "sha256:2", Available: true, Kind: "image", ImageData: { Size: { Unpacked: 9 } } },
    { ID: "sha256:3", Available: false, Kind: "image" },
    { ID: "sha256:4", Available: true, Kind: "attestation" },
  ],
};

let folder: string;
let engine: ScriptedEngine;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "lap-ssh-"));
  engine = await startScriptedEngine({ body: [IMAGE] });
});
afterEach(() => {
  engine.close();
  rmSync(folder, { recursive: true });
});

it("an engine is reached by ssh, as docker's client does it", async () => {
  const env = fakeSsh(
    `exec "${process.execPath}" -e '${RELAY}' "${engine.dockerHost.slice("unix://".length)}"`,
  );
  const images = await (await connectEngine("ssh://me@pc2", { env, home: folder })).listImages({
    manifests: true,
  });
  expect(images).toMatchObject([{ id: "sha256:1", manifests: [{ digest: "sha256:2", unpackedBytes: 9 }] }]);
  expect(images[0]?.manifests).toHaveLength(1);
  expect(engine.calls).toEqual(["GET /v1.43/images/json?manifests=1"]);
  expect(readFileSync(join(folder, "argv"), "utf8").trim().split("\n")[0]).toBe(
    "-o BatchMode=yes -o ConnectTimeout=10 -T -l me -- pc2 docker system dial-stdio",
  );
});

it("an ssh that fails says why", async () => {
  const env = fakeSsh("echo 'Permission denied (publickey).' >&2; exit 255");
  const listing = (await connectEngine("ssh://pc2", { env, home: folder })).listImages();
  await expect(listing).rejects.toMatchObject({
    code: "ENGINE_UNREACHABLE",
    message: expect.stringContaining("Permission denied"),
  });
});

it("no ssh at all is an engine that cannot be reached", async () => {
  const listing = (await connectEngine("ssh://pc2", { env: { PATH: folder }, home: folder })).listImages();
  await expect(listing).rejects.toMatchObject({ code: "ENGINE_UNREACHABLE" });
});

it("a context of docker's client is an address, and an unknown one a mistake", async () => {
  const meta = join(folder, ".docker", "contexts", "meta", digestOf("mine").slice("sha256:".length));
  mkdirSync(meta, { recursive: true });
  writeFileSync(
    join(meta, "meta.json"),
    JSON.stringify({ Name: "mine", Endpoints: { docker: { Host: engine.dockerHost } } }),
  );
  const surroundings = { env: {}, home: folder };
  expect(await (await connectEngine("context:mine", surroundings)).listImages()).toHaveLength(1);
  await expect(connectEngine("context:other", surroundings)).rejects.toMatchObject({
    code: "ENGINE_ADDRESS",
  });
});

/** What `docker system dial-stdio` does. */
const RELAY =
  'const s=require("net").connect(process.argv[1]);process.stdin.pipe(s);s.pipe(process.stdout);s.on("close",()=>process.exit())';

function fakeSsh(script: string): Record<string, string | undefined> {
  const path = join(folder, "ssh");
  writeFileSync(path, `#!/bin/sh\necho "$*" >> "${join(folder, "argv")}"\n${script}\n`);
  chmodSync(path, 0o755);
  return { ...process.env, PATH: `${folder}:${process.env["PATH"]}` };
}

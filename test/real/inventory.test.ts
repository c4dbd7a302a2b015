import { randomBytes } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Digest } from "../../src/core/base/digest.ts";
import type { Inventory } from "../../src/core/inventory/inventory.ts";
import type { InventoryRow } from "../../src/core/inventory/row.ts";
import { createDockerEngine } from "../../src/edge/engine/docker-engine.ts";
import { createProcessRunner } from "../../src/edge/process/run-process.ts";
import { createHttpRegistry } from "../../src/edge/registry/http/client.ts";
import type { EngineFile } from "../../src/edge/tree/engine-file.ts";
import { engineStateFolder, requireEngine } from "../kit/engine.ts";
import { generateFleet } from "../kit/generate-fleet.ts";
import { pushImage } from "../kit/memory-image.ts";
import { requirePeer } from "../kit/peer-program.ts";
import { runProgram } from "../kit/program.ts";

const found = await requireEngine();
const crane = found === undefined ? undefined : requirePeer("crane");

describe.skipIf(found === undefined)("the inventory of a small fleet on the real engine and registry", () => {
  if (found === undefined) return;
  const engine: EngineFile = found;
  const home = mkdtempSync(join(tmpdir(), "lapstrake-inventory-"));
  const folder = join(home, "fleet");
  const namespace = `test-inventory-${randomBytes(4).toString("hex")}`;
  const docker = createDockerEngine(engine);
  const registry = createHttpRegistry({});
  let names: readonly string[];
  let tag: string;
  const digests = new Map<string, Digest>();

  const run = (...args: readonly string[]) =>
    runProgram([...args, "--json"], { cwd: folder, env: { LAPSTRAKE_STATE: join(home, "state") } });
  const look = async (...args: readonly string[]): Promise<Inventory & { readonly code: number | null }> => {
    const { code, out, err } = await run("inventory", "--check", ...args);
    if (out === "") throw new Error(`exit ${code}: ${err}`);
    return { ...(JSON.parse(out) as Inventory), code };
  };
  const at = (name: string) => ({ host: engine.registry, repository: `${namespace}/${name}` });
  const ref = (name: string): string => `${engine.registry}/${namespace}/${name}:${tag}`;
  const first = (): string => names[0] ?? "";
  const last = (): string => names.at(-1) ?? "";

  beforeAll(async () => {
    mkdirSync(join(home, "state"));
    copyFileSync(join(engineStateFolder(), "engine.json"), join(home, "state", "engine.json"));
    const seed = randomBytes(8).toString("hex");
    const fleet = generateFleet({
      folder,
      name: namespace,
      registry: `local/${namespace}`,
      images: 4,
      levels: 2,
      seed,
    });
    names = fleet.images.map(({ name }) => name);
    const { code, out, err } = await run("release");
    if (code !== 0) throw new Error(`exit ${code}: ${err}`);
    const { release } = JSON.parse(out) as {
      release: { tag: string; images: readonly { name: string; digest: Digest }[] };
    };
    ({ tag } = release);
    for (const { name, digest } of release.images) digests.set(name, digest);
  });
  afterAll(async () => {
    for (const name of names ?? []) {
      await docker.removeImage(ref(name)).catch(() => {});
      await registry.deleteManifest({ ...at(name), digest: digests.get(name) as Digest }).catch(() => {});
    }
    await docker.removeImage(STRANGER).catch(() => {});
    registry.close();
    rmSync(home, { recursive: true, force: true });
  });

  it("is in step right after the release, when the engine has none of it", async () => {
    expect(await look()).toMatchObject({ code: 0, drifted: false, uncertain: false, release: tag });
  });

  it("is in step after a pull, and says what runs where and how big it is", async () => {
    for (const name of names) await docker.pullImage(ref(name));
    const taken = await look();
    expect(taken.code).toBe(0);
    for (const name of names) {
      const row = rowOf(taken, name);
      expect(row).toMatchObject({
        drift: "in-step",
        released: digests.get(name),
        engines: [{ state: "present" }],
      });
      expect(row.compressed).toBeGreaterThan(0);
      expect(row.unpacked).toBeGreaterThan(0);
    }
  });

  it("an engine that does not answer: unknown, and exit 3", async () => {
    const taken = await look("--engine", "unix:///nowhere/docker.sock");
    expect(taken).toMatchObject({ code: 3, drifted: false, uncertain: true });
    expect(rowOf(taken, first())).toMatchObject({ drift: "unknown", registry: { state: "present" } });
  });

  it("an engine elsewhere, by what docker's own client runs there", async () => {
    const [program, ...prefix] = engine.docker;
    const relay = ["exec", `"${program}"`, ...prefix, "-H", engine.dockerHost, "system", "dial-stdio"].join(
      " ",
    );
    writeFileSync(join(home, "ssh"), `#!/bin/sh\n${relay}\n`, { mode: 0o755 });
    const env = { ...process.env, PATH: `${home}:${process.env["PATH"]}` };
    const elsewhere = createDockerEngine({ dockerHost: "ssh://me@elsewhere", env });
    const [here, there] = await Promise.all(
      [docker, elsewhere].map((each) => each.listImages({ manifests: true })),
    );
    // An engine lists in no order of its own.
    const ours = (images: typeof here) =>
      images
        ?.filter(({ repoTags }) => repoTags.some((each) => each.includes(namespace)))
        .toSorted((a, b) => (a.id < b.id ? -1 : 1));
    expect(ours(there)).toEqual(ours(here));
    expect(ours(there)).toHaveLength(names.length);
  });

  it("the pages are the same for the same state", async () => {
    await look("--output", "one.md", "--html", "one.html");
    await look("--output", "two.md", "--html", "two.html");
    for (const kind of ["md", "html"]) {
      expect(readFileSync(join(folder, `two.${kind}`))).toEqual(readFileSync(join(folder, `one.${kind}`)));
      rmSync(join(folder, `one.${kind}`));
      rmSync(join(folder, `two.${kind}`));
    }
  });

  it("removed from the engine: behind", async () => {
    expect(await docker.removeImage(ref(last()))).toBe("removed");
    const taken = await look();
    expect(taken.code).toBe(1);
    expect(rowOf(taken, last())).toMatchObject({ drift: "behind", engines: [{ state: "absent" }] });
    expect(rowOf(taken, first()).drift).toBe("in-step");
    await docker.pullImage(ref(last()));
  });

  it("a tag moved by hand: diverged", async () => {
    const stored = await registry.readManifest({ ...at(last()), tag });
    if (stored === undefined) throw new Error("the release is not there");
    const value: object = JSON.parse(new TextDecoder().decode(stored.bytes));
    const other = new TextEncoder().encode(JSON.stringify({ ...value, annotations: { by: "hand" } }));
    const { mediaType } = stored.descriptor;
    const moved = await registry.putManifest({ ...at(last()), tag }, other, mediaType);
    expect(rowOf(await look(), last())).toMatchObject({
      drift: "diverged",
      registry: { digest: moved.digest },
      engines: [{ drift: "in-step" }],
    });
    await registry.putManifest({ ...at(last()), tag }, stored.bytes, mediaType);
    expect((await look()).code).toBe(0);
  });

  it.skipIf(crane === undefined)(
    "moved by crane: diverged, found by check, refused by a release, and in step when crane has put it back",
    async () => {
      // it.skipIf skips where there is none.
      const by = (...args: readonly string[]) =>
        program(engine, [crane as string, ...args, "--insecure", "--platform=linux/amd64"]);
      const repository = `${engine.registry}/${namespace}/${last()}`;
      const was = digests.get(last());
      await by("mutate", ref(last()), "--label=by=hand", "-t", ref(last()));
      const moved = await registry.resolve({ ...at(last()), tag });
      expect(moved?.digest).not.toBe(was);
      const row = rowOf(await look(), last());
      expect(row).toMatchObject({
        drift: "diverged",
        released: was,
        registry: { digest: moved?.digest },
        engines: [{ drift: "in-step" }],
      });
      expect(row.reasons.join()).toContain("the tag was moved");

      const checked = await run("check", "--tags");
      expect(checked.code).toBe(1);
      const { findings } = JSON.parse(checked.out) as {
        findings: readonly { readonly rule: string; readonly message: string }[];
      };
      expect(findings.map(({ rule }) => rule)).toEqual(["tag-moved"]);
      for (const digest of [was, moved?.digest]) expect(findings[0]?.message).toContain(digest);

      const refused = await run("release");
      expect(refused.code).toBe(1);
      expect(JSON.parse(refused.out)).toMatchObject({ error: { problems: [{ code: "TAG_MOVED" }] } });
      expect((await registry.resolve({ ...at(last()), tag }))?.digest).toBe(moved?.digest);

      await by("tag", `${repository}@${was}`, tag);
      expect((await look()).code).toBe(0);
      expect((await run("check", "--tags")).code).toBe(0);
    },
  );

  it("rebuilt on the engine only: only here", async () => {
    const context = join(home, "rebuilt");
    mkdirSync(context);
    writeFileSync(join(context, "Dockerfile"), "FROM scratch\nCOPY by-hand /\n");
    writeFileSync(join(context, "by-hand"), randomBytes(16).toString("hex"));
    await program(engine, [
      ...engine.buildx,
      "build",
      "--load",
      "--provenance=false",
      "-t",
      ref(last()),
      context,
    ]);
    expect(rowOf(await look(), last())).toMatchObject({ drift: "only-here", registry: { state: "present" } });
    await docker.pullImage(ref(last()));
    expect((await look()).code).toBe(0);
  });

  it("images of others, on the engine and in the namespace: foreign, and no drift", async () => {
    await program(engine, [...engine.docker, "tag", ref(first()), STRANGER]);
    await pushImage(registry, { ...at("stray"), tag: "v1" }, { layers: ["stray"] });
    const taken = await look();
    expect(taken.code).toBe(0);
    const foreign = taken.rows
      .filter(({ drift }) => drift === "foreign")
      .map(({ image, tag: v }) => `${image}:${v}`);
    expect(foreign).toEqual(expect.arrayContaining([STRANGER, "stray:v1"]));
  });

  it("deleted in the registry: only here while the engine has it, then behind", async () => {
    const digest = digests.get(last());
    if (digest === undefined) throw new Error("not released");
    expect(await registry.deleteManifest({ ...at(last()), digest })).toBe(true);
    expect(rowOf(await look(), last())).toMatchObject({ drift: "only-here", registry: { state: "absent" } });
    await docker.removeImage(ref(last()));
    expect(rowOf(await look(), last())).toMatchObject({ drift: "behind", registry: { state: "absent" } });
  });
});

const STRANGER = `stranger.example/x-${randomBytes(4).toString("hex")}:1`;

async function program(engine: EngineFile, argv: readonly [string, ...string[]]): Promise<void> {
  const env = { DOCKER_HOST: engine.dockerHost, BUILDX_CONFIG: engine.buildxConfig };
  const { outcome, stderr } = await createProcessRunner().run({ argv, env, timeout: 60_000 });
  if (outcome !== "ok") throw new Error(`${argv.join(" ")}: ${stderr}`);
}

function rowOf(taken: Inventory, name: string): InventoryRow {
  const row = taken.rows.find((each) => each.image === name && each.current);
  if (row === undefined) throw new Error(`no row of ${name}`);
  return row;
}

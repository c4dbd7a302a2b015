import { randomBytes } from "node:crypto";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHttpRegistry } from "../../src/edge/registry/http/client.ts";
import { readConfig } from "../../src/flow/read-config.ts";
import { engineStateFolder, requireEngine } from "../kit/engine.ts";
import { type GeneratedFleet, generateFleet } from "../kit/generate-fleet.ts";
import { commitFolder } from "../kit/generated-commit.ts";
import { type Ended, runProgram } from "../kit/program.ts";
import { readWholeTags } from "../kit/whole-tags.ts";

const engine = await requireEngine();

interface Release {
  readonly state: string;
  readonly built: number;
  readonly release: {
    readonly tag: string;
    readonly images: readonly {
      readonly name: string;
      readonly digest: string;
      readonly repository: string;
    }[];
  };
}

describe.runIf(engine)("a fleet on the real engine and registry", () => {
  const home = mkdtempSync(join(tmpdir(), "lapstrake-release-"));
  const state = join(home, "state");
  const namespace = `test-release-${randomBytes(4).toString("hex")}`;
  const folder = join(home, "fleet");
  let fleet: GeneratedFleet;
  let first: Release;

  const run = (...args: readonly string[]): Promise<Ended> =>
    runProgram([...args, "--json"], { cwd: folder, env: { LAPSTRAKE_STATE: state } });
  const release = async (): Promise<Release> => {
    const { code, out, err } = await run("release");
    if (code !== 0) throw new Error(`exit ${code}: ${err}`);
    return JSON.parse(out) as Release;
  };

  const ledgerFile = (): string => {
    const paths = readdirSync(state, { recursive: true, encoding: "utf8" });
    return join(state, paths.find((path) => path.endsWith("ledger.jsonl")) ?? "no ledger");
  };

  beforeAll(async () => {
    // The same engine, but a ledger and journals that go away with the test.
    mkdirSync(state);
    copyFileSync(join(engineStateFolder(), "engine.json"), join(state, "engine.json"));
    const seed = randomBytes(8).toString("hex");
    fleet = generateFleet({
      folder,
      name: namespace,
      registry: `local/${namespace}`,
      images: 7,
      levels: 3,
      seed,
    });
    first = await release();
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it("is built, pushed and released: every tag can be read to its last byte", async () => {
    expect(first).toMatchObject({ state: "released", built: 7 });
    const { whole, broken } = await readWholeTags(
      engine?.registry ?? "",
      [...fleet.images.map(({ name }) => name), "releases"].map((name) => `${namespace}/${name}`),
    );
    expect(broken).toEqual([]);
    const { tag } = first.release;
    expect(tag).toMatch(/^\d{8}-[0-9a-f]{7}$/);
    for (const { name } of fleet.images) expect(whole).toContain(`${namespace}/${name}:${tag}`);
    expect(whole).toContain(`${namespace}/releases:${tag}`);
  });

  it("has each image on its parent's layers, labelled with what it was made of", async () => {
    const registry = createHttpRegistry({});
    const byName = new Map(first.release.images.map((image) => [image.name, image]));
    for (const { name, parent } of fleet.images.filter((image) => image.parent !== undefined)) {
      const [child, base] = await Promise.all(
        [name, parent ?? ""].map(async (each) => {
          const { repository = "", digest = "" } = byName.get(each) ?? {};
          const at = { host: engine?.registry ?? "", repository };
          const stored = await registry.readManifest({ ...at, tag: first.release.tag });
          expect(stored?.descriptor.digest).toBe(digest);
          if (stored?.content.kind !== "manifest") throw new Error("it must be a plain manifest");
          return { at, digest, manifest: stored.content.manifest };
        }),
      );
      const under = base?.manifest.layers.map((layer) => layer.digest) ?? [];
      expect(child?.manifest.layers.map((layer) => layer.digest).slice(0, under.length)).toEqual(under);
      expect(child?.manifest.annotations).toMatchObject({
        "org.opencontainers.image.base.digest": base?.digest,
        "org.opencontainers.image.base.name": `${namespace}/${parent}`,
        "org.opencontainers.image.revision": fleet.commit,
        "org.opencontainers.image.created": new Date(fleet.epochSeconds * 1000)
          .toISOString()
          .replace(".000Z", "Z"),
      });
      const config = await readConfig(registry, child!.at, child!.manifest.config);
      expect(config.config.Labels).toMatchObject({ "org.opencontainers.image.revision": fleet.commit });
    }
  });

  it("a second time has nothing to do", async () => {
    const before = readFileSync(ledgerFile(), "utf8");
    expect(await release()).toMatchObject({ state: "unchanged", release: { tag: first.release.tag } });
    // Nothing was built, tagged or recorded; how fast that goes is the benchmark's to say.
    expect(readFileSync(ledgerFile(), "utf8")).toBe(before);
  });

  it("with one file changed builds that image and what stands on it, and nothing else", async () => {
    const changed = "level-1-0";
    const { folder: at } = fleet.images.find(({ name }) => name === changed)!;
    writeFileSync(join(folder, at, "app/part-0.txt"), "changed\n");
    commitFolder(folder, "Change a file", fleet.epochSeconds + 60);
    const why = JSON.parse((await run("why", "level-2-0")).out) as unknown;
    expect(JSON.stringify(why)).toContain("app/part-0.txt");
    const second = await release();
    const affected = new Set([changed]);
    for (const { name, parent } of fleet.images) if (affected.has(parent ?? "")) affected.add(name);
    const before = new Map(first.release.images.map(({ name, digest }) => [name, digest]));
    const moved = second.release.images.filter(({ name, digest }) => before.get(name) !== digest);
    expect(new Set(moved.map(({ name }) => name))).toEqual(affected);
    expect(second.built).toBe(affected.size);
  });

  it("is known to a machine that has only the registry", async () => {
    const fresh = join(home, "fresh");
    mkdirSync(fresh);
    copyFileSync(join(state, "engine.json"), join(fresh, "engine.json"));
    const { code, out } = await runProgram(["release", "--json"], {
      cwd: folder,
      env: { LAPSTRAKE_STATE: fresh },
    });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ state: "unchanged" });
  });

  it("has a ledger that verifies, and that a changed byte breaks (canary)", async () => {
    expect(JSON.parse((await run("ledger", "verify")).out)).toMatchObject({ ok: true });
    const file = ledgerFile();
    writeFileSync(file, readFileSync(file, "utf8").replace('"engine"', '"enginf"'));
    expect((await run("ledger", "verify")).code).toBe(1);
  });
});

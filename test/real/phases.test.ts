import { randomBytes } from "node:crypto";
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Digest, digestOf } from "../../src/core/base/digest.ts";
import { createHttpRegistry } from "../../src/edge/registry/http/client.ts";
import type { EngineFile } from "../../src/edge/tree/engine-file.ts";
import { engineStateFolder, requireEngine } from "../kit/engine.ts";
import { generateFleet } from "../kit/generate-fleet.ts";
import { commitFolder } from "../kit/generated-commit.ts";
import { runProgram } from "../kit/program.ts";
import { inPlace, writeIn } from "../phases/documents/filled.ts";

const PLAN = `plan:
  id: small_plan
  title: Small
  machines: [mainpc]
  documents: { postreview: "docs/{plan}_{phase}_post.md", preanalysis: "docs/{plan}_{phase}_pre.md" }
  phases:
    0:
      title: Protocol
      note: No phase is skipped.
      constraints: { order: No phase is skipped }
      deliverables: [the protocol is read]
      rules:
        sound: { proves: [order], check: { kind: plan-sound } }
    1:
      title: Images
      note: Images are released whole and correctly tagged.
      constraints: { whole: released whole, tagged: correctly tagged }
      deliverables: [the images]
      rules:
        complete: { proves: [whole], check: { kind: release-complete, images: all } }
        tags: { proves: [tagged], check: { kind: tags-in-scheme } }
        previous: { proves: [tagged], check: { kind: previous-tags } }
        step: { proves: [whole], perMachine: true, check: { kind: inventory-in-step } }
`;

/** A draft with a judgement in each place; no two have three words in a row in common, or they would be copies. */
function written(path: string, draft: string): string {
  const ticked = draft.replaceAll(/^- \[ \] (?=D\d)/gm, "- [x] ");
  return ["risks", "review", "actions", "prerequisites", "decision"].reduce((text, place) => {
    if (inPlace(text, place) === undefined) return text;
    const letters = digestOf(path + place)
      .slice("sha256:".length)
      .replaceAll(/\d/g, (digit) => "ghijklmnop"[Number(digit)]!);
    const words = letters.match(/.{5}/g)!.join(" ");
    return writeIn(text, place, `${place === "decision" ? "Decision: approved\n\n" : ""}We saw ${words}.`);
  }, ticked);
}

const found = await requireEngine();

describe.skipIf(found === undefined)("the phases of a small fleet on the real engine and registry", () => {
  if (found === undefined) return;
  const engine: EngineFile = found;
  const home = mkdtempSync(join(tmpdir(), "lapstrake-phases-"));
  const folder = join(home, "fleet");
  const namespace = `test-phases-${randomBytes(4).toString("hex")}`;
  const registry = createHttpRegistry({});
  const digests = new Set<string>();
  let changed = "";

  const run = (...args: readonly string[]) =>
    runProgram([...args, "--progress", "none"], {
      cwd: folder,
      env: { LAPSTRAKE_STATE: join(home, "state") },
    });
  const release = async (): Promise<void> => {
    const { code, out, err } = await run("release", "--json");
    if (code !== 0) throw new Error(`exit ${code}: ${err}`);
    const { release } = JSON.parse(out) as { release: { images: { name: string; digest: string }[] } };
    for (const { name, digest } of release.images) digests.add(`${name} ${digest}`);
  };
  const marks = async (): Promise<readonly string[]> =>
    (await run("phase")).out
      .split("\n")
      .slice(3, 5)
      .map((line) => line.slice(0, 3));
  /** Drafts, and writes into the marked places what a person would. */
  const document = async (phase: string): Promise<void> => {
    const { out, code } = await run("phase", "draft", phase, "--json");
    expect(code).toBe(0);
    const { documents } = JSON.parse(out) as { documents: { path: string }[] };
    for (const { path } of documents) {
      const file = join(folder, path);
      writeFileSync(file, written(path, readFileSync(file, "utf8")));
    }
  };

  beforeAll(async () => {
    mkdirSync(join(home, "state"));
    copyFileSync(join(engineStateFolder(), "engine.json"), join(home, "state", "engine.json"));
    const seed = randomBytes(8).toString("hex");
    const fleet = generateFleet({
      folder,
      name: namespace,
      registry: `local/${namespace}`,
      images: 3,
      levels: 2,
      seed,
    });
    changed = `${fleet.images.at(-1)?.folder ?? ""}/app/part-0.txt`;
    appendFileSync(join(folder, "lapstrake.yaml"), PLAN);
    commitFolder(folder, "Plan", fleet.epochSeconds + 60);
    await release();
  });
  afterAll(async () => {
    for (const each of digests) {
      const [name = "", digest = ""] = each.split(" ");
      const at = { host: engine.registry, repository: `${namespace}/${name}` };
      await registry.deleteManifest({ ...at, digest: digest as Digest }).catch(() => {});
    }
    registry.close();
    rmSync(home, { recursive: true, force: true });
  });

  it("are driven to done by collect, draft, what people write, and done", async () => {
    expect(await marks()).toEqual(["[ ]", "[-]"]);
    for (const phase of ["0", "1"]) {
      expect((await run("phase", "done", phase)).code).toBe(1);
      const { code, out } = await run("phase", "collect", phase);
      expect(out).not.toMatch(/ {2}(?:fails|unknown|skipped) /);
      expect(code).toBe(0);
      await document(phase);
      const done = await run("phase", "done", "small_plan", phase);
      expect(done.out).toContain(`phase ${phase} is done`);
      expect(done.code).toBe(0);
    }
    expect(await marks()).toEqual(["[x]", "[x]"]);
    expect((await run("ledger", "verify")).code).toBe(0);
  });

  it("fall back on a rebuilt image, and come back by evidence alone", async () => {
    appendFileSync(join(folder, changed), "one line more\n");
    commitFolder(folder, "Change", 1_700_000_500);
    await release();
    expect(await marks()).toEqual(["[x]", "[!]"]);
    const { out } = await run("phase", "show", "1");
    expect(out).toMatch(/^stale: complete is stale \(\d{8}-\w+ was released since\)/m);
    const again = await run("phase", "collect", "1");
    expect(again.out).toMatch(/1\/previous +holds .*the way back from/);
    expect(again.code).toBe(0);
    expect(await marks()).toEqual(["[x]", "[x]"]);
  });

  it("are stale once somebody nices up a document", async () => {
    appendFileSync(join(folder, "docs/small_plan_1_post.md"), "Very well done.\n");
    expect(await marks()).toEqual(["[x]", "[!]"]);
    expect((await run("phase", "done", "1")).code).toBe(1);
  });
});

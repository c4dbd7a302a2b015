import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EngineFile } from "../../src/edge/tree/engine-file.ts";
import { requireEngine } from "../kit/engine.ts";
import { generateFleet } from "../kit/generate-fleet.ts";
import { programPath } from "../kit/program.ts";

// The state folder is a tmpfs of a few pages, mounted where only the run sees it; the engine and its registry have space.

const top = mkdtempSync(join(tmpdir(), "lap-full-"));
const [folder, state] = [join(top, "fleet"), join(top, "state")];
const namespace = `test-full/${randomBytes(4).toString("hex")}`;
const engine = await requireEngine();
let images: readonly string[];

beforeAll(() => {
  mkdirSync(state);
  const options = { folder, name: "full", registry: `local/${namespace}`, images: 4, levels: 2 };
  images = generateFleet({ ...options, seed: namespace }).images.map(({ name }) => name);
});
afterAll(() => rmSync(top, { recursive: true, force: true }));

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** One run with so many KiB for all that it keeps, engine.json included. */
function runWith(kib: number, record: EngineFile, ...args: readonly string[]): Ended {
  writeFileSync(join(top, "engine.json"), JSON.stringify(record));
  const script = `mount -t tmpfs -o size=${kib}k tmpfs "$1" && cp "$2" "$1/engine.json" && shift 2 && exec "$@"`;
  const inner = [state, join(top, "engine.json"), process.execPath, programPath(), ...args];
  const root = process.getuid?.() === 0 ? [] : ["--map-root-user"];
  return spawnSync("unshare", [...root, "--mount", "sh", "-c", script, "sh", ...inner], {
    cwd: folder,
    env: { ...process.env, LAPSTRAKE_STATE: state },
    encoding: "utf8",
  });
}

/** By image: whether a release's tag stands. */
async function released({ registry }: EngineFile): Promise<readonly boolean[]> {
  const lists = images.map(async (name) => {
    const response = await fetch(`http://${registry}/v2/${namespace}/${name}/tags/list`);
    return response.ok && /"\d{8}-[0-9a-f]{7,}/.test(await response.text());
  });
  return Promise.all(lists);
}

describe.runIf(engine !== undefined)("a state folder on a full disk", () => {
  // Only run where there is one.
  const record = engine as EngineFile;

  it("stops a release with exit 3 wherever it fills up, and half-releases nothing; with space it ends", async () => {
    const codes = new Set<string>();
    for (let kib = 4; kib <= 32; kib += 4) {
      const { status, stdout, stderr } = runWith(kib, record, "release", "--json", "--progress", "none");
      if (status === 0) break;
      expect([3, 4], stderr).toContain(status);
      expect(stderr).not.toMatch(/^ +at |node:internal|ENOSPC/m);
      const answer: unknown = JSON.parse(stdout);
      codes.add(/NO_SPACE/.exec(JSON.stringify(answer))?.[0] ?? stdout);
      // The ledger's entry comes after the tags, so all may stand; some never.
      expect(new Set(await released(record)).size).toBe(1);
    }
    expect([...codes]).toEqual(["NO_SPACE"]);
    const last = runWith(1024, record, "release", "--json", "--progress", "none");
    expect({ status: last.status }, last.stderr).toEqual({ status: 0 });
    expect(await released(record)).toEqual(images.map(() => true));
  });

  it("stops nothing that only reads", () => {
    for (const command of ["check", "graph"]) {
      const { status, stderr } = runWith(4, record, command);
      expect({ status }, stderr).toEqual({ status: 0 });
    }
  });
});

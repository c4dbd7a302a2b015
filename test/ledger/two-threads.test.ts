import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Entry, makeEntry, parseEntry, serializeEntry } from "../../src/core/record/entry.ts";
import { joinSurveys, surveyChain } from "../../src/core/record/survey-chain.ts";
import { packSurvey, unpackSurvey } from "../../src/edge/ledger/packed-survey.ts";
import { fleetState } from "../../src/edge/tree/state.ts";
import { programPath } from "../kit/program.ts";
import { buildBody, rehashed, sampleLines } from "../record/sample.ts";

const BLUEPRINT = `version: 1
fleet: demo
registry: registry.example/demo
roots: { debian: { image: registry.example/debian:12 } }
images: { base: { dockerfile: Dockerfile } }
`;
const folder = mkdtempSync(join(tmpdir(), "lap-threads-"));
const file = join(fleetState(join(folder, "state"), "demo", "registry.example/demo"), "ledger.jsonl");
const ENTRIES = 30_000;
let lines: readonly string[];

beforeAll(() => {
  const made: string[] = [];
  let head: Entry | undefined;
  for (let n = 0; n < ENTRIES; n++) {
    const entry = makeEntry(head, {
      time: n,
      kind: "build",
      body: { ...buildBody("image-1"), durationMs: n },
    });
    made.push(serializeEntry(entry));
    head = entry as unknown as Entry;
  }
  lines = made;
  mkdirSync(join(folder, "tree"), { recursive: true });
  writeFileSync(join(folder, "tree", "lapstrake.yaml"), BLUEPRINT);
  writeFileSync(join(folder, "tree", "Dockerfile"), "FROM debian\n");
  mkdirSync(dirname(file), { recursive: true });
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the program says of these lines, and whether it took a second thread for it. */
function verified(of: readonly string[]) {
  writeFileSync(file, of.map((line) => `${line}\n`).join(""));
  const env = { ...process.env, LAPSTRAKE_STATE: join(folder, "state"), NODE_DEBUG: "worker" };
  const argv = [programPath(), "ledger", "verify", "--json"];
  const run = spawnSync(process.execPath, argv, { cwd: join(folder, "tree"), env, encoding: "utf8" });
  const { entries, line, code, findings } = JSON.parse(run.stdout) as Record<string, unknown>;
  const broken = (findings as { code: string }[]).filter(({ code }) => code.startsWith("LEDGER"));
  const isShared = run.stderr.includes("survey-worker.js");
  return { entries, line, code, broken: broken.map(({ code }) => code), isShared };
}

/** The line that begins where the second thread does. */
function seam(): number {
  const half = Math.floor(statSync(file).size / 2);
  let end = 0;
  const before = lines.findIndex((line) => (end += Buffer.byteLength(line) + 1) > half);
  return before;
}

describe("a ledger of more than 16 MiB is verified in two threads", () => {
  test("with the verdict that one gives, wherever it breaks", () => {
    expect(verified(lines)).toEqual({
      entries: ENTRIES,
      line: undefined,
      code: undefined,
      broken: [],
      isShared: true,
    });
    const at = seam();
    for (const index of [10, at, ENTRIES - 1]) {
      const changed = lines.with(index, lines[index]!.replace("image-", "imagE-"));
      expect(verified(changed)).toMatchObject({
        line: index + 1,
        code: "RECORD_HASH",
        entries: index,
        isShared: true,
      });
    }
    for (const index of [10, at - 1, at]) {
      // A sound entry that is another: the next does not follow it.
      const forged = rehashed(parseEntry(lines[index]!), { time: "2020-01-01T00:00:00.000Z" });
      expect(verified(lines.with(index, forged))).toMatchObject({
        line: index + 2,
        code: "RECORD_CHAIN",
        entries: index + 1,
        broken: ["LEDGER_BROKEN"],
        isShared: true,
      });
    }
  }, 120_000);

  test("or in one, where the line in the middle is no entry to begin with", () => {
    const index = seam() - 1;
    const damaged = lines.with(index, "x".repeat(lines[index]!.length));
    expect(verified(damaged)).toMatchObject({
      line: index + 1,
      code: "RECORD_JSON",
      entries: index,
      isShared: false,
    });
  }, 60_000);

  test("and a short one in one", () => {
    expect(verified(lines.slice(0, 100))).toMatchObject({ entries: 100, isShared: false });
  }, 60_000);
});

test("a survey comes back from its pieces as it was, and two parts make the whole", () => {
  const sample = sampleLines(20);
  const whole = surveyChain(sample);
  expect(unpackSurvey(packSurvey(whole))).toEqual(whole);
  for (const cut of [1, 7, 19]) {
    const first = surveyChain(sample.slice(0, cut));
    const { seq, hash, time } = parseEntry(sample[cut - 1]!);
    const second = surveyChain(sample.slice(cut), { seq, hash, time });
    expect(joinSurveys(first, unpackSurvey(packSurvey(second)))).toEqual(whole);
  }
  expect(unpackSurvey(packSurvey(surveyChain([])))).toEqual(surveyChain([]));
});

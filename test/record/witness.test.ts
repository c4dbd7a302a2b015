import { describe, expect, test } from "vitest";
import { digestOf } from "../../src/core/base/digest.ts";
import type { Checkpoint } from "../../src/core/record/checkpoint.ts";
import { judgeExtension, type Witnessed } from "../../src/core/record/witness.ts";
import { Signer } from "./vouching.ts";

const history = Array.from({ length: 40 }, (_, n) => digestOf(`entry ${n}`));
const forged = history.map((hash, n) => (n < 14 ? hash : digestOf(`forged ${n}`)));
const main = new Signer("mainpc");
const at = (seq: number, from = 0, entries = history) => main.checkpoint(entries, seq, from);

function judge(known: Witnessed | undefined, first: Checkpoint, ...more: readonly Checkpoint[]) {
  return judgeExtension(known, [first, ...more]);
}

describe("a witness", () => {
  test("signs the first that it sees, and whatever continues it, over several steps and in any order", () => {
    expect(judge(undefined, at(10))).toMatchObject({ ok: true, isNew: true, newest: { body: { seq: 10 } } });
    expect(judge(at(10).body, at(30, 20), at(20, 10), at(10))).toMatchObject({
      ok: true,
      newest: { body: { seq: 30 } },
    });
    expect(judge(at(20, 10).body, at(10), at(20, 10), at(30, 20))).toMatchObject({ ok: true, isNew: true });
    expect(judge(at(30, 20).body, at(10), at(20, 10), at(30, 20))).toMatchObject({ ok: true, isNew: false });
    // The newest was made without what came in between: it may continue what was witnessed directly.
    expect(judge(at(10).body, at(30, 10))).toMatchObject({ ok: true });
  });

  test.each<[string, Witnessed, readonly [Checkpoint, ...Checkpoint[]], string]>([
    ["an end that was cut off", at(20).body, [at(10)], "WITNESS_CUT"],
    [
      "a cut that was written over: fewer entries, another history",
      at(20).body,
      [at(16, 0, forged)],
      "WITNESS_CUT",
    ],
    ["the same number of entries with other content", at(20).body, [at(20, 0, forged)], "WITNESS_FORK"],
    ["a fork that proves to follow an older state", at(20).body, [at(10), at(30, 10, forged)], "WITNESS_GAP"],
    ["a fork with a proof of its own history", at(20).body, [at(30, 20, forged)], "WITNESS_FORK"],
    [
      "a fork that is not the newest",
      at(10).body,
      [at(20, 10), at(20, 10, forged), at(30, 20)],
      "WITNESS_FORK",
    ],
    [
      "a ledger that was begun anew",
      at(20).body,
      [at(30, 20, history.with(0, digestOf("x")))],
      "WITNESS_FORK",
    ],
    ["a checkpoint without a proof", at(20).body, [at(30)], "WITNESS_GAP"],
    ["a step that is left out", at(10).body, [at(30, 20)], "WITNESS_GAP"],
    ["steps that do not meet", at(10).body, [at(20, 10), at(40, 30)], "WITNESS_GAP"],
  ])("refuses %s", (_, known, checkpoints, code) => {
    expect(judgeExtension(known, checkpoints)).toMatchObject({ ok: false, code });
  });

  test("also refuses a file that contradicts itself where nothing was witnessed yet", () => {
    expect(judge(undefined, at(10), at(30, 10, forged))).toMatchObject({ ok: true });
    expect(judge(undefined, at(20), at(30, 20, forged))).toMatchObject({ ok: false, code: "WITNESS_FORK" });
  });
});

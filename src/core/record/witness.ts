import type { Digest } from "../base/digest.ts";
import type { Checkpoint, CheckpointBody } from "./checkpoint.ts";
import { isConsistent } from "./merkle.ts";

/** What a witness remembers of a key: the newest state that it countersigned. */
export type Witnessed = Pick<CheckpointBody, "first" | "seq" | "hash" | "root">;

export type WitnessRefusal =
  /** It has fewer entries than what was witnessed before. */
  | "WITNESS_CUT"
  /** Another history than the one that was witnessed. */
  | "WITNESS_FORK"
  /** The proofs do not lead from what was witnessed to here. */
  | "WITNESS_GAP";

export type WitnessVerdict =
  | { readonly ok: true; readonly newest: Checkpoint; readonly isNew: boolean }
  | { readonly ok: false; readonly code: WitnessRefusal; readonly why: string };

/**
 * Whether a witness may sign the newest of these checkpoints (of one key, signatures checked; at least one). All of them
 * that are not older than `known` must continue it, proof by proof: a fork is refused also where it is not the newest.
 */
export function judgeExtension(
  known: Witnessed | undefined,
  checkpoints: readonly [Checkpoint, ...Checkpoint[]],
): WitnessVerdict {
  const sorted = checkpoints.toSorted((a, b) => a.body.seq - b.body.seq);
  const newest = sorted.at(-1) ?? checkpoints[0];
  if (known !== undefined && newest.body.seq < known.seq) {
    const why = `${known.seq} entries were witnessed, this ledger has ${newest.body.seq}: its end was cut off`;
    return { ok: false, code: "WITNESS_CUT", why };
  }
  const start = known ?? sorted[0]?.body ?? newest.body;
  const reached = new Map<number, Witnessed>([[start.seq, start]]);
  for (const checkpoint of sorted) {
    if (checkpoint.body.seq < start.seq) continue;
    const refusal = judgeStep(reached, checkpoint, start.first);
    if (refusal !== undefined) return { ok: false, ...refusal };
    reached.set(checkpoint.body.seq, checkpoint.body);
  }
  return { ok: true, newest, isNew: known?.seq !== newest.body.seq };
}

function judgeStep(
  reached: ReadonlyMap<number, Witnessed>,
  { body, from, path }: Checkpoint,
  first: Digest,
): { readonly code: WitnessRefusal; readonly why: string } | undefined {
  const fork = (why: string) => ({ code: "WITNESS_FORK", why }) as const;
  if (body.first !== first) return fork(`it begins with ${body.first}, what was witnessed with ${first}`);
  const same = reached.get(body.seq);
  if (same !== undefined) {
    return same.root === body.root && same.hash === body.hash
      ? undefined
      : fork(`of ${body.seq} entries another history was witnessed`);
  }
  const before = reached.get(from);
  if (before === undefined) {
    const why = `the checkpoint of ${body.seq} entries continues one of ${from}, which is neither witnessed nor proven to follow`;
    return { code: "WITNESS_GAP", why };
  }
  return isConsistent(before, body, path)
    ? undefined
    : fork(`the ledger of ${body.seq} entries does not continue the witnessed one of ${before.seq}`);
}

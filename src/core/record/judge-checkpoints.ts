import type { Digest } from "../base/digest.ts";
import { type Checkpoint, type CheckpointBody, checkpointId, isSigned, type Vouch } from "./checkpoint.ts";
import type { LedgerFinding } from "./ledger-finding.ts";
import { isConsistent } from "./merkle.ts";
import type { KeyRole, ListedKey } from "./public-keys.ts";

/** Where it was read: `lapstrake.checkpoints:3`, `note on 0123abc`. */
export type Placed<T extends Vouch = Vouch> = T & { readonly at: string };

/** The part of a ledger that is a sound chain, from entry 1 on. */
export interface SoundPrefix {
  readonly first: Digest | undefined;
  readonly entries: number;
  /** False where the file goes on, but is no chain any more. */
  readonly isWhole: boolean;
  /** For 1 to `entries`. */
  hashAt(seq: number): Digest | undefined;
  rootAt(seq: number): Digest | undefined;
}

export interface JudgingContext {
  readonly keys: readonly ListedKey[];
  /** The id of this machine's own key, where it has one. */
  readonly own: Digest | undefined;
  readonly prefix: SoundPrefix;
}

export interface GoodCheckpoint extends CheckpointBody {
  readonly at: string;
  /** Names of those whose countersignatures hold. */
  readonly witnesses: readonly string[];
}

export interface CheckpointJudgement {
  readonly findings: readonly LedgerFinding[];
  /** Those that the ledger agrees with, the oldest first. */
  readonly good: readonly GoodCheckpoint[];
  /** How many are of other ledgers: other machines of the fleet. */
  readonly foreign: number;
  /** How many could not be compared, since the chain breaks before. */
  readonly beyond: number;
}

/**
 * Compares a ledger with what was signed of it. A checkpoint counts only where a key that the repository lists signed it;
 * it is of this ledger where it names the same first entry, or where this machine's own key signed it: whoever rewrites
 * the first entry as well does not get away from the checkpoints of before.
 */
export function judgeCheckpoints(vouches: readonly Placed[], context: JudgingContext): CheckpointJudgement {
  const findings: LedgerFinding[] = [];
  const signed = vouches.filter((vouch) => {
    const finding = signatureFinding(vouch, context.keys);
    if (finding !== undefined) findings.push(finding);
    return finding === undefined;
  });
  const checkpoints = unique(signed.filter((vouch) => vouch.kind === "checkpoint"));
  findings.push(...proofFindings(checkpoints));
  const mine = checkpoints.filter(({ body }) => isOf(body, context));
  const compared = compare(mine, context.prefix);
  findings.push(...compared.findings);
  const witnesses = witnessesOf(signed, checkpoints, context.keys);
  findings.push(...witnesses.findings);
  return {
    findings,
    good: compared.good.map((checkpoint) => ({
      ...checkpoint.body,
      at: checkpoint.at,
      witnesses: witnesses.names.get(checkpointId(checkpoint)) ?? [],
    })),
    foreign: checkpoints.length - mine.length,
    beyond: compared.beyond,
  };
}

function signatureFinding(vouch: Placed, keys: readonly ListedKey[]): LedgerFinding | undefined {
  const role: KeyRole = vouch.kind === "checkpoint" ? "ledger" : "witness";
  const listed = keys.find((known) => known.role === role && known.key.id === vouch.body.key);
  if (listed === undefined) {
    return {
      code: "CHECKPOINT_KEY",
      message: `the ${vouch.kind} is signed by ${vouch.body.key}, which is not listed as a ${role} key`,
      at: vouch.at,
    };
  }
  if (isSigned(vouch, listed.key)) return undefined;
  return {
    code: "CHECKPOINT_SIGNATURE",
    message: `the signature of the ${vouch.kind} is not one of ${listed.name} over this text`,
    at: vouch.at,
  };
}

/** The same checkpoint may stand in the file, in a note and in the state folder. */
function unique(checkpoints: readonly Placed<Checkpoint>[]): readonly Placed<Checkpoint>[] {
  const byId = new Map<string, Placed<Checkpoint>>();
  for (const checkpoint of checkpoints) {
    const id = `${checkpointId(checkpoint)} ${checkpoint.from} ${checkpoint.path.join()}`;
    if (!byId.has(id)) byId.set(id, checkpoint);
  }
  return [...byId.values()].toSorted((a, b) => a.body.seq - b.body.seq);
}

function proofFindings(checkpoints: readonly Placed<Checkpoint>[]): readonly LedgerFinding[] {
  const known = new Map<string, CheckpointBody>();
  const nameOf = (key: Digest, seq: number): string => `${key} ${seq}`;
  for (const { body } of checkpoints) {
    const name = nameOf(body.key, body.seq);
    if (!known.has(name)) known.set(name, body);
  }
  return checkpoints.flatMap(({ body, from, path, at }) => {
    const same = known.get(nameOf(body.key, body.seq));
    const before = known.get(nameOf(body.key, from));
    const findings: LedgerFinding[] = [];
    if (same !== undefined && !isSameState(same, body)) {
      const message = `one key signed two different ledgers of ${body.seq} entries`;
      findings.push({ code: "CHECKPOINT_FORK", message, entry: entryOf(body), at });
    }
    if (from > 0 && before === undefined) {
      const message = `the checkpoint of ${body.seq} entries continues one of ${from}, which is not here`;
      findings.push({ code: "CHECKPOINT_GONE", message, entry: { seq: from }, at });
    } else if (!isProven(body, before, { from, path })) {
      const message = `the checkpoint of ${body.seq} entries does not prove that it continues the one of ${from}`;
      findings.push({ code: "CHECKPOINT_PROOF", message, entry: entryOf(body), at });
    }
    return findings;
  });
}

/** The newest entry that a checkpoint is about, and when it was signed. */
function entryOf({ seq, time }: CheckpointBody): NonNullable<LedgerFinding["entry"]> {
  return { seq, time };
}

function isSameState(one: CheckpointBody, other: CheckpointBody): boolean {
  return one.root === other.root && one.hash === other.hash && one.first === other.first;
}

function isProven(
  body: CheckpointBody,
  before: CheckpointBody | undefined,
  { from, path }: Pick<Checkpoint, "from" | "path">,
): boolean {
  if (body.seq <= from) return false;
  if (before === undefined) return path.length === 0;
  return before.first === body.first && isConsistent(before, body, path);
}

function isOf(body: CheckpointBody, { own, prefix }: JudgingContext): boolean {
  return body.key === own || (prefix.first !== undefined && body.first === prefix.first);
}

interface Compared {
  readonly findings: readonly LedgerFinding[];
  readonly good: readonly Placed<Checkpoint>[];
  readonly beyond: number;
}

/** `mine` by their numbers of entries. Only the first that disagrees is told, and the largest that is cut off. */
function compare(mine: readonly Placed<Checkpoint>[], prefix: SoundPrefix): Compared {
  const here = mine.filter(({ body }) => body.seq <= prefix.entries);
  const beyond = mine.filter(({ body }) => body.seq > prefix.entries);
  const agrees = ({ body }: Checkpoint): boolean =>
    body.first === prefix.first &&
    body.hash === prefix.hashAt(body.seq) &&
    body.root === prefix.rootAt(body.seq);
  const good = here.filter(agrees);
  const wrong = here.find((checkpoint) => !agrees(checkpoint));
  const findings: LedgerFinding[] = [];
  if (wrong !== undefined)
    findings.push(
      rewritten(
        wrong,
        good.findLast(({ body }) => body.seq < wrong.body.seq),
      ),
    );
  const last = beyond.at(-1);
  if (last !== undefined && prefix.isWhole) findings.push(cut(last, prefix));
  return { findings, good, beyond: prefix.isWhole ? 0 : beyond.length };
}

function rewritten({ body, at }: Placed<Checkpoint>, good: Placed<Checkpoint> | undefined): LedgerFinding {
  const from = (good?.body.seq ?? 0) + 1;
  return {
    code: "LEDGER_REWRITTEN",
    message: `a sound chain, but not the one that was signed: something in the entries ${from} to ${body.seq} was written anew after ${body.time}; expected ${body.hash} as the hash of entry ${body.seq}`,
    entry: { seq: from },
    at,
  };
}

function cut({ body, at }: Placed<Checkpoint>, { entries }: SoundPrefix): LedgerFinding {
  const gone = body.seq - entries;
  return {
    code: "LEDGER_CUT",
    message: `${gone} signed ${gone === 1 ? "entry is" : "entries are"} gone: there were ${body.seq} at ${body.time}, and there are ${entries}`,
    entry: { seq: entries + 1 },
    at,
  };
}

function witnessesOf(
  signed: readonly Placed[],
  checkpoints: readonly Placed<Checkpoint>[],
  keys: readonly ListedKey[],
): { readonly names: ReadonlyMap<Digest, readonly string[]>; readonly findings: readonly LedgerFinding[] } {
  const byId = new Map(checkpoints.map((checkpoint) => [checkpointId(checkpoint), checkpoint]));
  const names = new Map<Digest, string[]>();
  const findings: LedgerFinding[] = [];
  for (const { kind, body, at } of signed) {
    if (kind !== "witness") continue;
    const of = byId.get(body.checkpoint);
    const name = keys.find(({ role, key }) => role === "witness" && key.id === body.key)?.name ?? body.key;
    if (of === undefined) {
      const message = `${name} witnessed a checkpoint at ${body.time} that is not here`;
      findings.push({ code: "CHECKPOINT_GONE", message, at });
    } else if (of.body.key === body.key) {
      const message = `${name} witnesses a ledger of its own: that proves nothing`;
      findings.push({ code: "WITNESS_SELF", message, at });
    } else {
      const known = names.get(body.checkpoint) ?? [];
      if (!known.includes(name)) names.set(body.checkpoint, [...known, name]);
    }
  }
  return { names, findings };
}

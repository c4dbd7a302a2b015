import { shortDigest } from "../../core/base/digest.ts";
import type { PublicKey } from "../../core/base/signature.ts";
import {
  type Checkpoint,
  type CheckpointBody,
  serializeVouch,
  signedText,
} from "../../core/record/checkpoint.ts";
import { judgeCheckpoints, type Placed } from "../../core/record/judge-checkpoints.ts";
import type { LedgerFinding, LedgerFindingCode } from "../../core/record/ledger-finding.ts";
import { holdLock } from "../hold-lock.ts";
import { type Fleet, loadFleet } from "../load-fleet.ts";
import { stateOf } from "../survey-fleet.ts";
import type { FleetState, World } from "../world.ts";
import { unsound, VouchError } from "./error.ts";
import { chainFindings, type ReadChain, readChain } from "./read-chain.ts";
import {
  addVouches,
  listKey,
  noteVouch,
  readKeys,
  readVouches,
  SIGNED_FILE,
  vouchFiles,
  withOwnKey,
} from "./vouch-files.ts";

export interface VouchOptions {
  /** How this machine's key is called in the list; where it is listed already, its name stays. */
  readonly name: string | undefined;
  /** Also as a git note on HEAD. */
  readonly notes: boolean;
}

export interface CheckpointResult {
  /** "unchanged": the newest entry is signed already. */
  readonly state: "made" | "unchanged";
  readonly checkpoint: CheckpointBody;
  /** Beside the blueprint: to be committed. */
  readonly files: { readonly checkpoints: string; readonly keys: string };
  /** The commit that has the note. */
  readonly note: string | undefined;
}

/** `signLedger`, while no other run of this fleet can. `wait` in milliseconds. */
export async function checkpointLedger(
  world: World,
  options: VouchOptions & { readonly wait: number },
): Promise<CheckpointResult> {
  const fleet = await loadFleet(world);
  const state = await stateOf(world, fleet);
  return holdLock(world, state, { command: "lapstrake ledger checkpoint", wait: options.wait }, () =>
    signLedger(world, { fleet, state }, options),
  );
}

export interface OwnLedger {
  readonly fleet: Fleet;
  readonly state: FleetState;
}

/**
 * Signs what the ledger is now, where it continues all that was signed before. Hold the lock of the fleet. This machine's
 * own copy is written first: it can never come to sign two histories. Throws VouchError LEDGER_UNSOUND, LEDGER_EMPTY.
 */
export async function signLedger(
  world: World,
  own: OwnLedger,
  options: VouchOptions,
): Promise<CheckpointResult> {
  const { fleet, state } = own;
  const chain = await readChain(state.ledger);
  const signed = await ownCheckpoints(world, own, chain);
  if (chain.verdict.entries === 0) {
    throw new VouchError("LEDGER_EMPTY", `the ledger of ${fleet.blueprint.fleet} has no entry to sign yet`, {
      hint: "`lapstrake build` and `lapstrake release` write it",
    });
  }
  const key = state.key.make();
  const newest = signed.at(-1);
  const isSigned = newest?.body.seq === chain.verdict.entries;
  const checkpoint = isSigned ? newest : makeCheckpoint(world, own, { chain, key, newest });
  const all = isSigned ? signed : [...signed, checkpoint];
  const files = vouchFiles(fleet);
  await addVouches(world, state.folder, { name: SIGNED_FILE, vouches: all });
  await listKey(world, fleet, { role: "ledger", name: options.name ?? defaultName(key), key });
  await addVouches(world, fleet.folder, { name: files.checkpoints, vouches: all });
  const note = options.notes ? await noteVouch(world, fleet, serializeVouch(checkpoint)) : undefined;
  return { state: isSigned ? "unchanged" : "made", checkpoint: checkpoint.body, files, note };
}

export function defaultName(key: PublicKey): string {
  return `key-${shortDigest(key.id, 8)}`;
}

/** What does not keep this machine from signing: it is of others, or mended by writing the files anew. */
const NO_HINDRANCE: ReadonlySet<LedgerFindingCode> = new Set([
  "CHECKPOINT_KEY",
  "CHECKPOINT_GONE",
  "WITNESS_SELF",
]);

/** What this machine's key signed so far, the oldest first; all of it must agree with the ledger. */
async function ownCheckpoints(
  world: World,
  { fleet, state }: OwnLedger,
  chain: ReadChain,
): Promise<readonly Placed<Checkpoint>[]> {
  const own = state.key.known();
  const [listed, { vouches, findings }] = [
    await readKeys(world, fleet),
    await readVouches(world, fleet, state),
  ];
  const keys = withOwnKey(listed, own);
  const judged = judgeCheckpoints(vouches, { keys, own: own?.id, prefix: chain.prefix });
  const all: readonly LedgerFinding[] = [...chainFindings(chain), ...findings, ...judged.findings];
  const wrong = all.filter(({ code }) => !NO_HINDRANCE.has(code));
  if (wrong.length > 0)
    throw unsound(`nothing was signed: the ledger of ${fleet.blueprint.fleet} is not sound`, wrong);
  const isOwn = (vouch: Placed): vouch is Placed<Checkpoint> =>
    vouch.kind === "checkpoint" && vouch.body.key === own?.id;
  const byText = new Map(vouches.filter(isOwn).map((vouch) => [serializeVouch(vouch), vouch]));
  return [...byText.values()].toSorted((a, b) => a.body.seq - b.body.seq);
}

interface Making {
  readonly chain: ReadChain;
  readonly key: PublicKey;
  readonly newest: Checkpoint | undefined;
}

function makeCheckpoint(
  world: World,
  { fleet, state }: OwnLedger,
  { chain, key, newest }: Making,
): Checkpoint {
  const { head } = chain.verdict;
  const first = chain.prefix.first;
  if (head === undefined || first === undefined) throw new RangeError("an empty ledger has no checkpoint");
  const body: CheckpointBody = {
    version: 1,
    fleet: fleet.blueprint.fleet,
    first,
    seq: head.seq,
    hash: head.hash,
    root: chain.tree().root(head.seq),
    time: new Date(world.clock()).toISOString(),
    key: key.id,
  };
  const from = newest?.body.seq ?? 0;
  const path = from === 0 ? [] : chain.tree().proof(from, head.seq);
  const signature = state.key.sign(signedText({ kind: "checkpoint", body }));
  return { kind: "checkpoint", body, from, path, signature };
}

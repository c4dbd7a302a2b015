import { basename, dirname, resolve } from "node:path";
import { type Digest, shortDigest } from "../../core/base/digest.ts";
import {
  type Checkpoint,
  type CheckpointBody,
  type Countersignature,
  checkpointId,
  isSigned,
  serializeVouch,
  signedText,
  type WitnessBody,
} from "../../core/record/checkpoint.ts";
import type { Placed } from "../../core/record/judge-checkpoints.ts";
import type { LedgerFinding } from "../../core/record/ledger-finding.ts";
import type { ListedKey } from "../../core/record/public-keys.ts";
import { judgeExtension } from "../../core/record/witness.ts";
import { holdLock } from "../hold-lock.ts";
import { loadFleet } from "../load-fleet.ts";
import { stateOf } from "../survey-fleet.ts";
import type { World } from "../world.ts";
import { defaultName, type OwnLedger, type VouchOptions } from "./checkpoint-ledger.ts";
import { unsound, VouchError } from "./error.ts";
import {
  addVouches,
  listKey,
  noteVouch,
  parseVouches,
  readKeys,
  readText,
  vouchFiles,
} from "./vouch-files.ts";
import { readWitnessed, saveWitnessed, type WitnessedLedgers } from "./witnessed-file.ts";

export interface WitnessOptions extends VouchOptions {
  /** The checkpoints; undefined: those of the repository. */
  readonly file: string | undefined;
  /** Ids of keys (or their first digits, 8 at least) that may be seen for the first time. */
  readonly accept: readonly string[];
  readonly wait: number;
}

export interface WitnessedCheckpoint {
  /** The name of the ledger's key in the repository's list. */
  readonly name: string;
  readonly checkpoint: CheckpointBody;
  readonly state: "signed" | "unchanged";
  /** Nothing was known of this ledger: it could not be compared with anything. */
  readonly isFirst: boolean;
}

export interface WitnessResult {
  readonly file: string;
  readonly keys: string;
  readonly ledgers: readonly WitnessedCheckpoint[];
  readonly note: string | undefined;
}

/**
 * As a second machine: countersigns the newest checkpoint of each other ledger in a file, where it continues all that was
 * witnessed of it before. Nothing is signed where one of them does not. What was witnessed is on the disk before a
 * signature is given. Throws VouchError.
 */
export async function witnessLedger(world: World, options: WitnessOptions): Promise<WitnessResult> {
  const fleet = await loadFleet(world);
  const state = await stateOf(world, fleet);
  return holdLock(world, state, { command: "lapstrake ledger witness", wait: options.wait }, () =>
    witness(world, { fleet, state }, options),
  );
}

async function witness(world: World, own: OwnLedger, options: WitnessOptions): Promise<WitnessResult> {
  const { fleet, state } = own;
  const files = vouchFiles(fleet);
  const path =
    options.file === undefined ? resolve(fleet.folder, files.checkpoints) : resolve(world.cwd, options.file);
  const [folder, name] = [dirname(path), basename(path)];
  const listed = await readKeys(world, fleet);
  const { vouches, findings } = parseVouches(await readText(world, folder, name), name);
  const others = otherCheckpoints(vouches, listed, state.key.known()?.id);
  if (findings.length + others.findings.length > 0)
    throw unsound(`nothing was witnessed: ${name} has lines that do not hold`, [
      ...findings,
      ...others.findings,
    ]);
  if (others.byKey.size === 0) {
    throw new VouchError("WITNESS_NOTHING", `${name} has no checkpoint of another machine`, {
      hint: "there, `lapstrake ledger checkpoint` makes one; a machine is no witness of its own ledger",
    });
  }
  const known = await readWitnessed(world, state);
  const judged = [...others.byKey].map(([key, each]) =>
    judge({ key, ...each }, { known, accept: options.accept }),
  );
  await saveWitnessed(world, state, {
    ...known,
    ...Object.fromEntries(judged.map(({ key, newest }) => [key, newest.body])),
  });
  const key = state.key.make();
  const done = judged.map(({ name, newest, isFirst }) => {
    const id = checkpointId(newest);
    const isDone = vouches.some(
      ({ kind, body }) => kind === "witness" && body.key === key.id && body.checkpoint === id,
    );
    const body: WitnessBody = {
      version: 1,
      checkpoint: id,
      time: new Date(world.clock()).toISOString(),
      key: key.id,
    };
    const signature = isDone ? undefined : countersign(own, body);
    return { name, isFirst, checkpoint: newest.body, signature };
  });
  const signatures = done.flatMap(({ signature }) => signature ?? []);
  await listKey(world, fleet, { role: "witness", name: options.name ?? defaultName(key), key });
  await addVouches(world, folder, { name, vouches: signatures });
  const note =
    options.notes && signatures.length > 0
      ? await noteVouch(world, fleet, signatures.map(serializeVouch).join("\n"))
      : undefined;
  const ledgers = done.map(
    ({ name, isFirst, checkpoint, signature }): WitnessedCheckpoint => ({
      name,
      checkpoint,
      isFirst,
      state: signature === undefined ? "unchanged" : "signed",
    }),
  );
  return { file: path, keys: files.keys, ledgers, note };
}

function countersign({ state }: OwnLedger, body: WitnessBody): Countersignature {
  return { kind: "witness", body, signature: state.key.sign(signedText({ kind: "witness", body })) };
}

interface OtherLedger {
  readonly name: string;
  readonly checkpoints: readonly [Checkpoint, ...Checkpoint[]];
}

/** The checkpoints that a listed key of another machine signed, by key. */
function otherCheckpoints(
  vouches: readonly Placed[],
  listed: readonly ListedKey[],
  own: Digest | undefined,
): { readonly byKey: ReadonlyMap<Digest, OtherLedger>; readonly findings: readonly LedgerFinding[] } {
  const byKey = new Map<Digest, OtherLedger>();
  const findings: LedgerFinding[] = [];
  for (const vouch of vouches) {
    if (vouch.kind !== "checkpoint" || vouch.body.key === own) continue;
    const signer = listed.find(({ role, key }) => role === "ledger" && key.id === vouch.body.key);
    if (signer === undefined) {
      const message = `signed by ${vouch.body.key}, which is not listed as a ledger key`;
      findings.push({ code: "CHECKPOINT_KEY", message, at: vouch.at });
    } else if (!isSigned(vouch, signer.key)) {
      const message = `the signature is not one of ${signer.name} over this text`;
      findings.push({ code: "CHECKPOINT_SIGNATURE", message, at: vouch.at });
    } else {
      const before = byKey.get(vouch.body.key);
      byKey.set(vouch.body.key, {
        name: signer.name,
        checkpoints: before === undefined ? [vouch] : [...before.checkpoints, vouch],
      });
    }
  }
  return { byKey, findings };
}

interface Judging {
  readonly known: WitnessedLedgers;
  readonly accept: readonly string[];
}

const SHOWN_DIGITS = 16;
const FEWEST_DIGITS = 8;

/** Throws VouchError where it may not be signed. */
function judge(
  { key, name, checkpoints }: OtherLedger & { readonly key: Digest },
  { known, accept }: Judging,
) {
  const before = known[key];
  const isAccepted = accept.some(
    (id) => id === key || (id.length >= FEWEST_DIGITS && shortDigest(key, id.length) === id),
  );
  if (before === undefined && !isAccepted) {
    throw new VouchError("WITNESS_KEY_NEW", `the key of ${name} was never witnessed here: ${key}`, {
      hint: `compare it with what that machine says, then: lapstrake ledger witness --accept ${shortDigest(key, SHOWN_DIGITS)}`,
    });
  }
  const verdict = judgeExtension(before, checkpoints);
  if (verdict.ok) return { key, name, newest: verdict.newest, isFirst: before === undefined };
  throw new VouchError(verdict.code, `the ledger of ${name} is not witnessed: ${verdict.why}`, {
    details: { known: before },
    hint: "stop and look: with an honest ledger this does not happen; `lapstrake ledger verify` on that machine says more",
  });
}

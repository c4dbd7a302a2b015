import type { Digest } from "../../core/base/digest.ts";
import type { Json } from "../../core/base/json.ts";
import { releaseDigest } from "../../core/phases/digests.ts";
import type { PhaseRecord } from "../../core/phases/phase-record.ts";
import type { ReleaseFact } from "../../core/phases/today.ts";
import { type Entry, type EntryOf, isKind } from "../../core/record/entry.ts";
import type { FleetState } from "../world.ts";

/** What the ledger has for phases: their own entries, and releases. */
export interface LedgerView {
  readonly record: PhaseRecord;
  readonly releases: readonly EntryOf<"release">[];
  /** Of these kinds. */
  entry(hash: Digest): Entry | undefined;
}

/**
 * Reads what phases need of the ledger, quickly also where builds are most of it: each hash is checked, and the chain from
 * the index on. Before anything is written, the whole chain is verified (`viewNewest`). Throws LedgerError LEDGER_BROKEN.
 */
export async function readLedgerView(state: FleetState): Promise<LedgerView> {
  const found = await state.ledger.entriesOf("evidence", "gate", "claims", "release");
  // Their bodies are JSON by their members, but interfaces have no index signature.
  const entries = found as unknown as readonly Entry[];
  return {
    record: {
      evidence: ofKind(entries, "evidence"),
      gates: ofKind(entries, "gate"),
      claims: ofKind(entries, "claims"),
    },
    releases: ofKind(entries, "release"),
    entry: (hash) => entries.findLast((entry) => entry.hash === hash),
  };
}

function ofKind<K extends "evidence" | "gate" | "claims" | "release">(
  entries: readonly Entry[],
  kind: K,
): readonly EntryOf<K>[] {
  return entries.filter((entry) => isKind(entry, kind));
}

/**
 * The newest release that this ledger knows of. Evidence is collected about the newest release of the registry, so one of
 * another machine is known from there until this one releases again.
 */
export async function currentRelease(
  { record, releases }: LedgerView,
  state: FleetState,
): Promise<ReleaseFact | undefined> {
  const own = releases.at(-1);
  const seen = record.evidence.findLast(({ body }) => body.inputs["release"] !== undefined);
  if (seen !== undefined && seen.seq > (own?.seq ?? 0)) {
    const digest = seen.body.inputs["release"];
    if (own !== undefined && releaseDigest(own.body) === digest) return own.body;
    const kept = digest === undefined ? undefined : await keptRelease(state, digest);
    if (kept !== undefined) return kept;
  }
  return own?.body;
}

/** A release by its tag: of this ledger, or one that evidence was about. */
export async function releaseNamed(
  { record, releases }: LedgerView,
  state: FleetState,
  tag: string,
): Promise<ReleaseFact | undefined> {
  const own = releases.findLast(({ body }) => body.tag === tag);
  if (own !== undefined) return own.body;
  const seen = record.evidence.findLast(
    ({ body }) => body.release === tag && body.inputs["release"] !== undefined,
  );
  const digest = seen?.body.inputs["release"];
  return digest === undefined ? undefined : keptRelease(state, digest);
}

async function keptRelease(state: FleetState, digest: Digest): Promise<ReleaseFact | undefined> {
  // Written as `releaseText` by whoever made the entry that has this digest, and proven by it.
  return (await readKept(state, digest)) as ReleaseFact | undefined;
}

/** JSON from the store of evidence; undefined where it is gone, changed, or no JSON. */
export async function readKept(state: FleetState, digest: Digest): Promise<Json | undefined> {
  const bytes = await state.evidence.get(digest);
  if (bytes === undefined) return undefined;
  try {
    // JSON.parse gives nothing but JSON.
    return JSON.parse(new TextDecoder().decode(bytes)) as Json;
  } catch {
    return undefined;
  }
}

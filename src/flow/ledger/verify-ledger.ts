import { setTimeout as sleep } from "node:timers/promises";
import type { PublicKey } from "../../core/base/signature.ts";
import type { ChainVerdict } from "../../core/record/chain.ts";
import type { Vouch } from "../../core/record/checkpoint.ts";
import { type GoodCheckpoint, judgeCheckpoints } from "../../core/record/judge-checkpoints.ts";
import type { LedgerFinding } from "../../core/record/ledger-finding.ts";
import type { ListedKey } from "../../core/record/public-keys.ts";
import type { Ledger } from "../../edge/ledger/port.ts";
import { loadFleet } from "../load-fleet.ts";
import { stateOf } from "../survey-fleet.ts";
import type { World } from "../world.ts";
import { checkEvidence, type EvidenceCheck } from "./check-evidence.ts";
import { chainFindings, type ReadChain, readChain } from "./read-chain.ts";
import { readKeys, readVouches, withOwnKey } from "./vouch-files.ts";

/** All that is known of a ledger, and what does not hold. */
export interface LedgerReport {
  readonly fleet: string;
  readonly chain: ChainVerdict;
  /** Nothing, where all holds; the damage of the file itself comes first. */
  readonly findings: readonly LedgerFinding[];
  /** The checkpoints that the ledger agrees with, the oldest first. */
  readonly good: readonly GoodCheckpoint[];
  /** How many checkpoints are of other machines' ledgers. */
  readonly foreign: number;
  /** How many could not be compared, since the chain breaks before. */
  readonly beyond: number;
  readonly evidence: Omit<EvidenceCheck, "findings">;
}

/** Reads the whole ledger, all that was signed of it, and every byte of its evidence. Changes nothing. */
export async function verifyLedger(world: World): Promise<LedgerReport> {
  const fleet = await loadFleet(world);
  const state = await stateOf(world, fleet);
  const [listed, read] = [await readKeys(world, fleet), await readVouches(world, fleet, state)];
  const chain = await readSettled(state.ledger);
  const own = state.key.known();
  const keys = withOwnKey(listed, own);
  const judged = judgeCheckpoints(read.vouches, { keys, own: own?.id, prefix: chain.prefix });
  const { findings: evidenceFindings, ...evidence } = await checkEvidence(state.evidence, chain.cited);
  return {
    fleet: fleet.blueprint.fleet,
    chain: chain.verdict,
    findings: [
      ...chainFindings(chain),
      ...tornFindings(state.ledger),
      ...judged.findings,
      ...read.findings,
      ...ownKeyFindings(own, listed, read.vouches),
      ...evidenceFindings,
      ...((await state.ledger.checkIndex(chain.entries)) === false ? [INDEX_FINDING] : []),
    ],
    good: judged.good,
    foreign: judged.foreign,
    beyond: judged.beyond,
    evidence,
  };
}

/** Without it in the list, what this machine signed proves nothing to anybody else. */
function ownKeyFindings(
  own: PublicKey | undefined,
  listed: readonly ListedKey[],
  vouches: readonly Vouch[],
): readonly LedgerFinding[] {
  const isListed = listed.some(({ role, key }) => role === "ledger" && key.id === own?.id);
  if (isListed || !vouches.some(({ kind, body }) => kind === "checkpoint" && body.key === own?.id)) return [];
  const message = "this machine's key is not in the repository's list; `lapstrake ledger checkpoint` adds it";
  return [{ code: "CHECKPOINT_KEY", message }];
}

const INDEX_FINDING: LedgerFinding = {
  code: "LEDGER_INDEX",
  message: "the index beside the ledger says something else than the ledger; remove it, and it is made anew",
  at: "ledger.jsonl.index",
};

const LOOKS = 3;
const PAUSE_MS = 100;

/** What looks torn may be an append on its way: it is looked at again before it is called so. */
export async function readSettled(ledger: Pick<Ledger, "survey" | "torn">): Promise<ReadChain> {
  for (let look = 1; ; look++) {
    const chain = await readChain(ledger);
    if (ledger.torn() === undefined || look === LOOKS) return chain;
    await sleep(PAUSE_MS);
  }
}

function tornFindings(ledger: Ledger): readonly LedgerFinding[] {
  const torn = ledger.torn();
  if (torn === undefined || torn.movedTo !== undefined) return [];
  const message = `${torn.bytes} bytes after the last whole entry: a write that was cut short, or an end that was changed; the next append moves them aside`;
  return [{ code: "LEDGER_TORN", message }];
}

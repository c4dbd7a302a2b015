import type { Entry } from "../../core/record/entry.ts";
import type { SoundPrefix } from "../../core/record/judge-checkpoints.ts";
import type { LedgerFinding } from "../../core/record/ledger-finding.ts";
import { MerkleTree } from "../../core/record/merkle.ts";
import type { ChainSurvey } from "../../core/record/survey-chain.ts";
import type { Ledger } from "../../edge/ledger/port.ts";

/** A ledger read once, from the first line to the last sound one. */
export interface ReadChain extends ChainSurvey {
  readonly prefix: SoundPrefix;
  /** Over all sound entries; made when it is first asked for. */
  readonly tree: () => MerkleTree;
}

/** Verifies every line. */
export async function readChain(ledger: Pick<Ledger, "survey">): Promise<ReadChain> {
  const survey = await ledger.survey();
  const { verdict, entries } = survey;
  let tree: MerkleTree | undefined;
  const treeOf = (): MerkleTree => (tree ??= plant(entries));
  return {
    ...survey,
    tree: treeOf,
    prefix: {
      first: entries[0]?.hash,
      entries: entries.length,
      isWhole: verdict.ok,
      hashAt: (seq) => entries[seq - 1]?.hash,
      rootAt: (seq) => (seq >= 1 && seq <= entries.length ? treeOf().root(seq) : undefined),
    },
  };
}

function plant(entries: readonly Pick<Entry, "hash">[]): MerkleTree {
  const tree = new MerkleTree();
  for (const { hash } of entries) tree.append(hash);
  return tree;
}

export function chainFindings({ verdict }: ReadChain): readonly LedgerFinding[] {
  if (verdict.ok) return [];
  const { line, why, code, entries } = verdict;
  return [{ code: "LEDGER_BROKEN", message: `${why} [${code}]`, line, entry: { seq: entries + 1 } }];
}

import type { Digest } from "../../core/base/digest.ts";
import { evidenceOf } from "../../core/record/about.ts";
import type { ChainVerdict } from "../../core/record/chain.ts";
import type { Entry } from "../../core/record/entry.ts";
import type { SoundPrefix } from "../../core/record/judge-checkpoints.ts";
import type { LedgerFinding } from "../../core/record/ledger-finding.ts";
import { MerkleTree } from "../../core/record/merkle.ts";
import type { Ledger } from "../../edge/ledger/port.ts";

/** A ledger read once, from the first line to the last sound one. */
export interface ReadChain {
  readonly verdict: ChainVerdict;
  readonly entries: readonly Pick<Entry, "kind" | "hash">[];
  readonly prefix: SoundPrefix;
  /** The evidence that entries stand on, with the first that does. */
  readonly cited: ReadonlyMap<Digest, Pick<Entry, "seq" | "time">>;
  /** Over all sound entries; made when it is first asked for. */
  readonly tree: () => MerkleTree;
}

/** Verifies every line and keeps of each entry only what the other checks need. */
export async function readChain(ledger: Ledger): Promise<ReadChain> {
  const entries: Pick<Entry, "kind" | "hash">[] = [];
  const cited = new Map<Digest, Pick<Entry, "seq" | "time">>();
  const verdict = await ledger.verify((entry) => {
    const { kind, hash, seq, time } = entry;
    entries.push({ kind, hash });
    for (const digest of evidenceOf(entry)) if (!cited.has(digest)) cited.set(digest, { seq, time });
  });
  let tree: MerkleTree | undefined;
  const treeOf = (): MerkleTree => (tree ??= plant(entries));
  return {
    verdict,
    entries,
    cited,
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

import { generateKeyPairSync } from "node:crypto";
import type { Digest } from "../../src/core/base/digest.ts";
import { type PublicKey, publicKeyOf, signText } from "../../src/core/base/signature.ts";
import {
  type Checkpoint,
  type CheckpointBody,
  type Countersignature,
  checkpointId,
  signedText,
} from "../../src/core/record/checkpoint.ts";
import type { SoundPrefix } from "../../src/core/record/judge-checkpoints.ts";
import { MerkleTree } from "../../src/core/record/merkle.ts";
import type { KeyRole, ListedKey } from "../../src/core/record/public-keys.ts";

/** A machine with a key, as it signs checkpoints of a history and witnesses those of others. */
export class Signer {
  readonly name: string;
  readonly key: PublicKey;
  readonly #pem: string;

  constructor(name: string) {
    this.name = name;
    this.#pem = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    this.key = publicKeyOf(this.#pem);
  }

  listed(role: KeyRole): ListedKey {
    return { role, name: this.name, key: this.key };
  }

  /** Of the first `seq` entries, as a continuation of the first `from`. */
  checkpoint(entries: readonly Digest[], seq: number, from = 0): Checkpoint {
    const tree = treeOf(entries);
    return this.sign(
      {
        version: 1,
        fleet: "demo",
        first: entries[0]!,
        seq,
        hash: entries[seq - 1]!,
        root: tree.root(seq),
        time: new Date(1_780_000_000_000 + seq * 1000).toISOString(),
        key: this.key.id,
      },
      { from, path: from === 0 ? [] : tree.proof(from, seq) },
    );
  }

  sign(body: CheckpointBody, { from, path }: Pick<Checkpoint, "from" | "path">): Checkpoint {
    const signature = signText(this.#pem, signedText({ kind: "checkpoint", body }));
    return { kind: "checkpoint", body, from, path, signature };
  }

  witness(checkpoint: Checkpoint): Countersignature {
    const body = {
      version: 1,
      checkpoint: checkpointId(checkpoint),
      time: "2026-08-01T00:00:00.000Z",
      key: this.key.id,
    } as const;
    return { kind: "witness", body, signature: signText(this.#pem, signedText({ kind: "witness", body })) };
  }
}

export function treeOf(entries: readonly Digest[]): MerkleTree {
  const tree = new MerkleTree();
  for (const entry of entries) tree.append(entry);
  return tree;
}

export function prefixOf(entries: readonly Digest[], isWhole = true): SoundPrefix {
  const tree = treeOf(entries);
  return {
    first: entries[0],
    entries: entries.length,
    isWhole,
    hashAt: (seq) => entries[seq - 1],
    rootAt: (seq) => (seq <= entries.length ? tree.root(seq) : undefined),
  };
}

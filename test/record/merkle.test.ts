import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { type Digest, digestFrom, digestOf } from "../../src/core/base/digest.ts";
import { isConsistent, MerkleTree } from "../../src/core/record/merkle.ts";

const digests = Array.from({ length: 70 }, (_, n) => digestOf(`entry ${n}`));
const treeOf = (leaves: readonly Digest[]): MerkleTree => {
  const tree = new MerkleTree();
  for (const leaf of leaves) tree.append(leaf);
  return tree;
};
const tree = treeOf(digests);

/** The definition of RFC 6962, 2.1, word by word: an own second implementation. */
function defined(leaves: readonly Digest[]): Buffer {
  const sha = (...parts: Buffer[]) => createHash("sha256").update(Buffer.concat(parts)).digest();
  if (leaves.length === 1) return sha(Buffer.from([0]), Buffer.from(leaves[0]!.slice(7), "hex"));
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return sha(Buffer.from([1]), defined(leaves.slice(0, k)), defined(leaves.slice(k)));
}

describe("the tree", () => {
  test("has the root of the definition at every size, also after it grew", () => {
    expect(tree.size).toBe(digests.length);
    for (let size = 1; size <= digests.length; size++) {
      expect(tree.root(size)).toBe(digestFrom(defined(digests.slice(0, size))));
      expect(treeOf(digests.slice(0, size)).root(size)).toBe(tree.root(size));
    }
  });

  test("has no root of more leaves than it has", () => {
    expect(() => tree.root(71)).toThrow(RangeError);
    expect(() => tree.root(128)).toThrow(RangeError);
  });

  test("proves every size to every later one, with at most twice the height of digests", () => {
    for (let from = 1; from <= 40; from++) {
      for (let to = from; to <= digests.length; to++) {
        const proof = tree.proof(from, to);
        expect(proof.length).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(to)) + 1);
        expect(isConsistent(at(from), at(to), proof)).toBe(true);
      }
    }
  });

  const at = (seq: number, of = tree) => ({ seq, root: of.root(seq) });

  test("a proof is refused for another history, or with any digest changed, moved, added or left out", () => {
    const forged = treeOf(digests.with(4, digestOf("forged")));
    for (const [from, to] of [
      [5, 6],
      [5, 64],
      [8, 13],
      [16, 32],
      [33, 70],
      [63, 64],
    ] as const) {
      const proof = tree.proof(from, to);
      expect(isConsistent(at(from), at(to), proof)).toBe(true);
      // The forger's own proof leads to the forger's root, but not from what was signed.
      expect(isConsistent(at(from), at(to, forged), forged.proof(from, to))).toBe(false);
      expect(isConsistent(at(from), at(to, forged), proof)).toBe(false);
      // Sizes are not under the hashes (RFC 6962 has them signed beside the root, and so have we).
      expect(isConsistent(at(from), at(to), [...proof, proof[0]!])).toBe(false);
      expect(isConsistent(at(from), at(to), [])).toBe(false);
      for (const [index, digest] of proof.entries()) {
        expect(isConsistent(at(from), at(to), proof.with(index, digestOf(digest)))).toBe(false);
        expect(isConsistent(at(from), at(to), proof.toSpliced(index, 1))).toBe(false);
      }
      expect(proof.length > 1 && isConsistent(at(from), at(to), proof.toReversed())).toBe(false);
    }
  });

  test("going back, from nothing, or beyond what can be counted is never consistent", () => {
    expect(isConsistent(at(8), at(4), [])).toBe(false);
    expect(isConsistent({ seq: 0, root: tree.root(1) }, at(4), [])).toBe(false);
    expect(isConsistent(at(4), { seq: 2 ** 40 + 4, root: tree.root(4) }, [])).toBe(false);
    expect(isConsistent(at(4), at(4), [digests[0]!])).toBe(false);
    expect(isConsistent(at(4), { seq: 4, root: digestOf("other") }, [])).toBe(false);
  });
});

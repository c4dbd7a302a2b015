import { type Digest, digestOf, writeDigest } from "../base/digest.ts";

/**
 * The tree over the hashes of a ledger's entries as RFC 6962, section 2.1 has it (a leaf's data are the 32 bytes of an
 * entry's hash). A chain can only show that one state continues another by all lines between; the tree does it by some
 * twenty digests, which is what makes a witness possible that never sees the ledger.
 */
export class MerkleTree {
  /** Complete subtrees by height: `#levels[h][i]` covers `1 << h` leaves from `i << h` on. */
  readonly #levels: Digest[][] = [[]];

  get size(): number {
    return this.#levels[0]?.length ?? 0;
  }

  append(entry: Digest): void {
    let node = leafHash(entry);
    for (let height = 0; ; height++) {
      const level = (this.#levels[height] ??= []);
      const left = level.at(-1);
      level.push(node);
      if (level.length % 2 === 1 || left === undefined) return;
      node = nodeHash(left, node);
    }
  }

  /** The root over the first `size` entries; at least 1. */
  root(size: number): Digest {
    return this.#range(0, size);
  }

  /** The consistency proof between two sizes (RFC 6962, 2.1.2); empty for equal ones. `from` is at least 1. */
  proof(from: number, to: number): readonly Digest[] {
    return this.#subproof(from, { start: 0, end: to }, true);
  }

  #subproof(size: number, { start, end }: Range, isWhole: boolean): Digest[] {
    const length = end - start;
    if (size === length) return isWhole ? [] : [this.#range(start, end)];
    const split = largestPowerBelow(length);
    if (size <= split) {
      return [
        ...this.#subproof(size, { start, end: start + split }, isWhole),
        this.#range(start + split, end),
      ];
    }
    return [
      ...this.#subproof(size - split, { start: start + split, end }, false),
      this.#range(start, start + split),
    ];
  }

  /** The hash over leaves; where they are a complete subtree it is known already. */
  #range(start: number, end: number): Digest {
    const length = end - start;
    const height = 31 - Math.clz32(length);
    if (length === 1 << height) {
      const known = this.#levels[height]?.[start >> height];
      if (known === undefined) throw new RangeError(`no ${length} leaves from ${start} in ${this.size}`);
      return known;
    }
    const split = start + (1 << height);
    return nodeHash(this.#range(start, split), this.#range(split, end));
  }
}

interface Range {
  readonly start: number;
  readonly end: number;
}

interface Sized {
  readonly seq: number;
  readonly root: Digest;
}

/** What the shifts below can count; a ledger of so many entries would have a file of a terabyte. */
const LARGEST = 2 ** 31 - 1;

/** Whether the proof shows that the tree `to` begins with all of the tree `from` (RFC 9162, 2.1.4.2). */
export function isConsistent(from: Sized, to: Sized, proof: readonly Digest[]): boolean {
  if (from.seq < 1 || from.seq > to.seq || to.seq > LARGEST) return false;
  if (from.seq === to.seq) return proof.length === 0 && from.root === to.root;
  const [seed, ...rest] = isPowerOfTwo(from.seq) ? [from.root, ...proof] : proof;
  if (seed === undefined) return false;
  let [old, now] = [seed, seed];
  let [first, second] = [from.seq - 1, to.seq - 1];
  while (first % 2 === 1) [first, second] = [first >> 1, second >> 1];
  for (const node of rest) {
    if (second === 0) return false;
    if (first % 2 === 1 || first === second) {
      old = nodeHash(node, old);
      now = nodeHash(node, now);
      while (first % 2 === 0 && first !== 0) [first, second] = [first >> 1, second >> 1];
    } else {
      now = nodeHash(now, node);
    }
    [first, second] = [first >> 1, second >> 1];
  }
  return second === 0 && old === from.root && now === to.root;
}

// The first byte keeps a node from passing for a leaf.
const [LEAF, NODE] = [0, 1];

function leafHash(entry: Digest): Digest {
  const bytes = Buffer.allocUnsafe(33);
  bytes[0] = LEAF;
  writeDigest(entry, bytes, 1);
  return digestOf(bytes);
}

function nodeHash(left: Digest, right: Digest): Digest {
  const bytes = Buffer.allocUnsafe(65);
  bytes[0] = NODE;
  writeDigest(left, bytes, 1);
  writeDigest(right, bytes, 33);
  return digestOf(bytes);
}

function largestPowerBelow(count: number): number {
  return 1 << (31 - Math.clz32(count - 1));
}

function isPowerOfTwo(count: number): boolean {
  return (count & (count - 1)) === 0;
}

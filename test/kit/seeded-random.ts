/** What a fuzz test runs: `npm test` a short run; the command that the docs name, with more runs and other seeds. */
export const FUZZ_SEED = Number(process.env["LAPSTRAKE_FUZZ_SEED"] ?? 20261126);

export function fuzzRuns(short: number): number {
  return Number(process.env["LAPSTRAKE_FUZZ_RUNS"] ?? short);
}

export type Random = (below: number) => number;

/** xorshift32: the same for a seed on every machine. */
export function createRandom(seed: number): Random {
  let state = seed | 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

export function pick<Item>(random: Random, items: readonly [Item, ...Item[]]): Item {
  return items[random(items.length)] ?? items[0];
}

/** Numbers that parsers stumble over: ends of ranges, sizes that do not fit, the file's own length. */
function oddNumber(random: Random, size: number): bigint {
  return pick(random, [
    0n,
    1n,
    BigInt(size),
    BigInt(size - 1),
    BigInt(random(size + 1)),
    BigInt(random(64)),
    0x7fffffffn,
    0x80000000n,
    0xffffffffn,
    1n << 40n,
    (1n << 53n) + 1n,
    (1n << 63n) - 1n,
    (1n << 64n) - 1n,
  ]);
}

/** Bytes with a few changes: single ones, odd numbers in the place of words, parts moved and doubled, the end cut off. */
export function mutate(base: Buffer, random: Random): Buffer {
  let bytes = Buffer.from(base);
  for (let left = 1 + random(5); left > 0 && bytes.length > 16; left--) {
    // Numbers stand where 4 divides their place.
    const at = random(bytes.length - 8);
    const word = at - (at % 4);
    switch (random(8)) {
      case 0:
        bytes[at] = random(256);
        break;
      case 1:
      case 2:
        bytes.writeBigUInt64LE(oddNumber(random, bytes.length), word);
        break;
      case 3:
      case 4:
        bytes.writeUInt32LE(Number(oddNumber(random, bytes.length) & 0xffffffffn), word);
        break;
      case 5:
        bytes.writeUInt16LE(random(0x10000), word);
        break;
      case 6:
        bytes.copy(bytes, random(bytes.length - 8), at, at + 4 + random(64));
        break;
      default:
        if (random(4) === 0) bytes = bytes.subarray(0, at);
    }
  }
  return bytes;
}

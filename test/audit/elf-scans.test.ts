import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FatBinaryScan } from "../../src/core/audit/elf/fat-binary-scan.ts";
import { LibraryNameScan } from "../../src/core/audit/elf/library-name-scan.ts";

/** A fat binary as nvcc embeds it: a header, then an entry of code for each architecture. */
function fatBinary(
  entries: readonly { readonly kind: 1 | 2; readonly architecture: number; readonly code: number }[],
): Buffer {
  const parts = entries.map(({ kind, architecture, code }) => {
    const entry = Buffer.alloc(64 + code, 0xaa);
    entry.writeUInt16LE(kind, 0);
    entry.writeUInt32LE(64, 4);
    entry.writeBigUInt64LE(BigInt(code), 8);
    entry.writeUInt32LE(architecture, 28);
    return entry;
  });
  const header = Buffer.alloc(16);
  header.writeUInt32LE(0xba55ed50, 0);
  header.writeUInt16LE(1, 4);
  header.writeUInt16LE(16, 6);
  header.writeBigUInt64LE(BigInt(parts.reduce((sum, { length }) => sum + length, 0)), 8);
  return Buffer.concat([header, ...parts]);
}

const entry = fc.record({
  kind: fc.constantFrom(1 as const, 2 as const),
  architecture: fc.constantFrom(52, 86, 90),
  code: fc.nat(700),
});
const part = fc.oneof(
  fc.uint8Array({ maxLength: 700 }).map((bytes) => Buffer.from(bytes)),
  fc.array(entry, { minLength: 1, maxLength: 4 }).map(fatBinary),
  fc
    .constantFrom("libcuda.so.1", "libx.so", ".so", "\0liba-b_c+.so.12.3\0", "lib".repeat(40) + ".so")
    .map((text) => Buffer.from(text)),
);
const file = fc.array(part, { maxLength: 12 }).map((parts) => Buffer.concat(parts));

describe("what is looked for in all bytes of a file", () => {
  it("is found wherever the pieces end that it comes in", () => {
    fc.assert(
      fc.property(
        file,
        fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 20 }),
        (bytes, sizes) => {
          const whole = [new FatBinaryScan(), new LibraryNameScan()] as const;
          const pieces = [new FatBinaryScan(), new LibraryNameScan()] as const;
          for (const scan of whole) scan.add(bytes);
          for (let at = 0, turn = 0; at < bytes.length; turn++) {
            const size = sizes[turn % sizes.length] ?? 1;
            // The same memory again and again, as who reads a stream does it.
            const piece = Buffer.from(bytes.subarray(at, at + size));
            for (const scan of pieces) scan.add(piece);
            piece.fill(0xee);
            at += size;
          }
          expect(pieces[0].facts()).toEqual(whole[0].facts());
          expect(pieces[1].found([], undefined)).toEqual(whole[1].found([], undefined));
        },
      ),
      { seed: 20261126, numRuns: 2000 },
    );
  });

  it("is found at all (canary)", () => {
    const [gpu, names] = [new FatBinaryScan(), new LibraryNameScan()];
    const bytes = Buffer.concat([
      Buffer.from("\0libcuda.so.1\0"),
      fatBinary([
        { kind: 2, architecture: 86, code: 100 },
        { kind: 1, architecture: 90, code: 10 },
      ]),
    ]);
    for (const scan of [gpu, names]) scan.add(bytes);
    expect(gpu.facts()).toEqual({
      code: [
        { architecture: "compute_90", bytes: 74 },
        { architecture: "sm_86", bytes: 164 },
      ],
    });
    expect(names.found([], undefined)).toEqual(["libcuda.so.1"]);
  });
});

import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Digest, digestOf } from "../../src/core/base/digest.ts";
import { parseNext, verifyChain } from "../../src/core/record/chain.ts";
import { type Entry, parseEntry } from "../../src/core/record/entry.ts";
import { RecordError } from "../../src/core/record/error.ts";
import { judgeCheckpoints } from "../../src/core/record/judge-checkpoints.ts";
import { type Evidence, openEvidence } from "../../src/edge/ledger/evidence.ts";
import { lineOf } from "../../src/edge/ledger/lines.ts";
import { openLedger } from "../../src/edge/ledger/open-ledger.ts";
import type { Ledger } from "../../src/edge/ledger/port.ts";
import { writeFileAtomic } from "../../src/edge/tree/write-file-atomic.ts";
import { checkEvidence } from "../../src/flow/ledger/check-evidence.ts";
import { readChain } from "../../src/flow/ledger/read-chain.ts";
import { buildBody, rehashed, releaseBody } from "../record/sample.ts";
import { Signer } from "../record/vouching.ts";

/** Entries of all kinds and sizes, with a letter that is two bytes long; evidence of a dozen images. */
const ENTRIES = 210;
const IMAGES = 12;
const folder = mkdtempSync(join(tmpdir(), "lap-bits-"));
const file = join(folder, "ledger.jsonl");
const signer = new Signer("mainpc");
let evidence: Evidence;
let ledger: Ledger;
let bytes: Buffer;
let lines: readonly Buffer[];
let entries: readonly Entry[];

beforeAll(async () => {
  ledger = openLedger(file, { clock: () => 1_780_000_000_000, exclusive: (work) => work() });
  evidence = openEvidence(join(folder, "evidence"), writeFileAtomic);
  const identities: Digest[] = [];
  for (let n = 0; n < IMAGES; n++) identities.push(await evidence.put(Buffer.from(`identity of é ${n}`)));
  await Promise.all(
    Array.from({ length: ENTRIES }, (_, n) => {
      if (n % 10 === 9) return ledger.append("release", releaseBody(`t${n}`));
      const identity = identities[n % IMAGES]!;
      if (n % 50 === 17) {
        const image = { name: "a", repository: "r/a", digest: identity, before: null };
        return ledger.append("promotion", { channel: "é", release: `t${n}`, state: "done", images: [image] });
      }
      const parentDigests = n % 7 === 0 ? { "base-python": identities[0]! } : {};
      return ledger.append("build", { ...buildBody(`image-${n}`), identity, parentDigests });
    }),
  );
  bytes = readFileSync(file);
  lines = linesOf(bytes);
  entries = await ledger.read();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const NEWLINE = Buffer.from("\n");

function linesOf(text: Buffer): readonly Buffer[] {
  const found: Buffer[] = [];
  for (let start = 0, at = text.indexOf(10); at >= 0; start = at + 1, at = text.indexOf(10, start))
    found.push(text.subarray(start, at));
  return found;
}

function isNext(after: Entry | undefined, line: string): boolean {
  try {
    parseNext(after, line);
    return true;
  } catch (thrown) {
    if (thrown instanceof RecordError) return false;
    throw thrown;
  }
}

/** Flips each bit of `part` for the time of a call. */
function eachFlip(part: Buffer, call: (bit: number) => void): void {
  for (let bit = 0; bit < part.length * 8; bit++) {
    part[bit >> 3]! ^= 1 << (bit & 7);
    call(bit);
    part[bit >> 3]! ^= 1 << (bit & 7);
  }
}

/** All that `lapstrake ledger verify` looks at, on the files as they are. */
async function found(): Promise<readonly string[]> {
  const chain = await readChain(ledger);
  const judged = judgeCheckpoints([{ ...checkpointOf(ENTRIES), at: "file:1" }], {
    keys: [signer.listed("ledger")],
    own: signer.key.id,
    prefix: chain.prefix,
  });
  const { findings } = await checkEvidence(evidence, chain.cited);
  return [
    ...(chain.verdict.ok ? [] : ["LEDGER_BROKEN"]),
    ...(ledger.torn() === undefined ? [] : ["LEDGER_TORN"]),
    ...[...judged.findings, ...findings].map(({ code }) => code),
  ];
}

function checkpointOf(seq: number, of: readonly Pick<Entry, "hash">[] = entries) {
  return signer.checkpoint(
    of.map(({ hash }) => hash),
    seq,
  );
}

describe(`a ledger of ${ENTRIES} entries`, () => {
  test("is sound as it was written (canary: else everything below would be found)", async () => {
    expect(lines).toHaveLength(ENTRIES);
    expect(await found()).toEqual([]);
  });

  test("shows every flipped bit of it, line by line after the verified ones before", () => {
    for (const [index, line] of lines.entries()) {
      const after = index === 0 ? undefined : entries[index - 1]!;
      const next = lines[index + 1];
      const isSound = (text: Buffer): boolean => verifyChain(linesOf(text).map(lineOf), { after }).ok;
      const part = Buffer.concat([line, NEWLINE]);
      const own = part.subarray(0, line.length);
      expect(isSound(part)).toBe(true);
      let unseen = 0;
      eachFlip(own, (bit) => {
        // Where the flip makes an end of line, there are two of them now.
        const isSeen = own[bit >> 3] === 10 ? !isSound(part) : !isNext(after, lineOf(own));
        if (!isSeen) unseen++;
      });
      // A flip of its end joins it with the next line; that of the last line is for the next test.
      if (next !== undefined) {
        const both = Buffer.concat([part, next, NEWLINE]);
        eachFlip(both.subarray(line.length, line.length + 1), () => {
          if (isSound(both)) unseen++;
        });
      }
      expect(unseen, `line ${index + 1}`).toBe(0);
    }
  }, 240_000);

  test("shows a flipped end of its last line as a torn entry, and as one that was signed and is gone", async () => {
    const end = bytes.length - 1;
    for (let bit = 0; bit < 8; bit++) {
      const flipped = Buffer.from(bytes);
      flipped[end]! ^= 1 << bit;
      writeFileSync(file, flipped);
      expect(await found()).toEqual(["LEDGER_TORN", "LEDGER_CUT"]);
    }
    writeFileSync(file, bytes);
  });

  test("shows flips to those who read the file, too (every 9,973rd of all bits)", async () => {
    for (let bit = 0; bit < bytes.length * 8; bit += 9973) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      writeFileSync(file, flipped);
      expect(await found(), `bit ${bit}`).not.toEqual([]);
    }
    writeFileSync(file, bytes);
  }, 60_000);

  test("shows every cut at a line's end, down to nothing, where a checkpoint was kept", async () => {
    let size = bytes.length;
    for (const line of lines.toReversed()) {
      size -= line.length + 1;
      truncateSync(file, size);
      expect((await found()).filter((code) => !code.startsWith("EVIDENCE"))).toEqual(["LEDGER_CUT"]);
    }
    writeFileSync(file, bytes);
  }, 60_000);

  test("shows entries that were written anew with all hashes made right, from any one on", async () => {
    for (const from of [0, 1, 100, ENTRIES - 1]) {
      const forged: Entry[] = entries.slice(0, from);
      for (const entry of entries.slice(from)) {
        const previous = forged.at(-1)?.hash ?? null;
        forged.push(parseEntry(rehashed(entry, { previous, time: "2020-01-01T00:00:00.000Z" })));
      }
      writeFileSync(file, "");
      for (const entry of forged) appendFileSync(file, `${rehashed(entry, {})}\n`);
      expect(await ledger.verify()).toMatchObject({ ok: true, entries: ENTRIES });
      expect(await found()).toEqual(["LEDGER_REWRITTEN"]);
    }
    writeFileSync(file, bytes);
  });
});

test("every flipped bit of its evidence is found", async () => {
  const stored = await evidence.list();
  expect(stored).toHaveLength(IMAGES);
  const { cited } = await readChain(ledger);
  for (const { name, digest } of stored) {
    const path = join(folder, "evidence", name);
    const content = readFileSync(path);
    const flips: Buffer[] = [];
    eachFlip(content, () => flips.push(Buffer.from(content)));
    for (const flipped of flips) {
      writeFileSync(path, flipped);
      expect(await evidence.check(digest!)).toBe("changed");
    }
    expect((await checkEvidence(evidence, cited)).findings).toMatchObject([{ code: "EVIDENCE_CHANGED" }]);
    writeFileSync(path, content);
  }
  expect(await found()).toEqual([]);
}, 60_000);

test("the quick check of a line and the slow one agree on every flipped bit", () => {
  // A second reader that builds the canonical text anew, as docs/ledger.md describes the format.
  const slow = (text: string): boolean => {
    try {
      const entry = JSON.parse(text) as Entry;
      return rehashed(entry, {}) === text && digestOf(text) !== digestOf("");
    } catch {
      return false;
    }
  };
  for (const index of [0, 9, 17]) {
    const line = Buffer.from(lines[index]!);
    expect(slow(lineOf(line))).toBe(true);
    eachFlip(line, () => {
      const text = lineOf(line);
      let quick = true;
      try {
        parseEntry(text);
      } catch {
        quick = false;
      }
      expect(quick).toBe(slow(text));
    });
  }
});

import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Digest, digestOf } from "../../src/core/base/digest.ts";
import { createMemoryEvidence, type Evidence, openEvidence } from "../../src/edge/ledger/evidence.ts";
import { writeFileAtomic } from "../../src/edge/tree/write-file-atomic.ts";
import { checkEvidence } from "../../src/flow/ledger/check-evidence.ts";

function store() {
  const folder = mkdtempSync(join(tmpdir(), "lap-evidence-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = (digest: Digest): string => join(folder, "sha256", digest.slice(7, 9), digest.slice(7));
  return { folder, path, evidence: openEvidence(folder, writeFileAtomic) };
}

describe.each<[string, () => Evidence]>([
  ["files", () => store().evidence],
  ["memory", createMemoryEvidence],
])("evidence in %s", (_, open) => {
  test("is kept under its digest and given back; another digest is missing", async () => {
    const evidence = open();
    expect(await evidence.list()).toEqual([]);
    const digest = await evidence.put(Buffer.from("bytes"));
    expect(digest).toBe(digestOf("bytes"));
    expect(Buffer.from((await evidence.get(digest))!).toString()).toBe("bytes");
    expect(await evidence.check(digest)).toBe("sound");
    expect(await evidence.check(digestOf("other"))).toBe("missing");
    expect(await evidence.get(digestOf("other"))).toBeUndefined();
    expect((await evidence.list()).map((each) => each.digest)).toEqual([digest]);
  });
});

test("changed bytes are no evidence, and the right ones mend them", async () => {
  const { evidence, path } = store();
  const digest = await evidence.put(Buffer.from("bytes"));
  writeFileSync(path(digest), "bytez");
  expect(await evidence.check(digest)).toBe("changed");
  expect(await evidence.get(digest)).toBeUndefined();
  await evidence.put(Buffer.from("bytes"));
  expect(await evidence.check(digest)).toBe("sound");
});

test("more than one read takes is read to its end", async () => {
  const { evidence, path } = store();
  const bytes = Buffer.alloc(3 * 1024 * 1024 + 1, "x");
  const digest = await evidence.put(bytes);
  expect(await evidence.check(digest)).toBe("sound");
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(path(digest), bytes);
  expect(await evidence.check(digest)).toBe("changed");
});

describe("the check of a store", () => {
  const cited = (...digests: readonly Digest[]) =>
    new Map(digests.map((digest, index) => [digest, { seq: index + 1, time: "2026-08-01T00:00:00.000Z" }]));

  test("finds what is missing, changed, or lies there under another name", async () => {
    const { folder, path, evidence } = store();
    const [a, b, c] = [
      await evidence.put(Buffer.from("a")),
      await evidence.put(Buffer.from("b")),
      await evidence.put(Buffer.from("c")),
    ];
    expect(await checkEvidence(evidence, cited(a, b))).toEqual({ cited: 2, stored: 3, findings: [] });
    rmSync(path(a));
    writeFileSync(path(b), "B");
    writeFileSync(path(c), "C");
    writeFileSync(join(folder, "note.txt"), "");
    expect((await checkEvidence(evidence, cited(a, b))).findings).toMatchObject([
      { code: "EVIDENCE_STRAY", at: "evidence/note.txt" },
      { code: "EVIDENCE_CHANGED", message: "its bytes are not those of its name; no entry cites it" },
      { code: "EVIDENCE_CHANGED", entry: { seq: 2 } },
      { code: "EVIDENCE_MISSING", entry: { seq: 1, time: "2026-08-01T00:00:00.000Z" } },
    ]);
  });

  test("does not mind what a killed write left, and minds a folder in the place of a file", async () => {
    const { folder, path, evidence } = store();
    const digest = await evidence.put(Buffer.from("a"));
    writeFileSync(join(folder, "sha256", ".tmp-12-abc"), "half");
    expect((await checkEvidence(evidence, cited(digest))).findings).toEqual([]);
    rmSync(path(digest));
    mkdirSync(path(digest));
    expect(await evidence.check(digest)).toBe("changed");
    expect((await checkEvidence(evidence, cited(digest))).findings).toMatchObject([
      { code: "EVIDENCE_MISSING" },
    ]);
  });

  test("finds a file that was renamed by any one bit of its name", async () => {
    const { path, evidence } = store();
    const digest = await evidence.put(Buffer.from("a"));
    const folder = join(path(digest), "..");
    const name = readdirSync(folder)[0]!;
    const bytes = Buffer.from(name, "latin1");
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      const other = bytes.toString("latin1");
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      if (/[/\0]/.test(other)) continue;
      renameSync(join(folder, name), join(folder, other));
      const codes = (await checkEvidence(evidence, cited(digest))).findings.map(({ code }) => code);
      expect(codes, other).toContain("EVIDENCE_MISSING");
      renameSync(join(folder, other), join(folder, name));
    }
    expect(readFileSync(path(digest), "utf8")).toBe("a");
  });
});

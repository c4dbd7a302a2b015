import { describe, expect, test } from "vitest";
import { digestOf } from "../../src/core/base/digest.ts";
import { evidenceOf, imagesOf } from "../../src/core/record/about.ts";
import { type Entry, parseEntry, serializeEntry } from "../../src/core/record/entry.ts";
import { selectEntries } from "../../src/core/record/select-entries.ts";
import { PREDICATE_TYPE, statementOf } from "../../src/core/record/statement.ts";
import { buildBody, rehashed, sampleChain } from "./sample.ts";

const entries: readonly Entry[] = sampleChain(6).map((entry) => parseEntry(serializeEntry(entry)));
const ofKind = (kind: string, body: object): Entry =>
  parseEntry(rehashed(entries[0]!, { kind, body: body as Entry["body"] }));

describe("what an entry is about", () => {
  test("are the images that it names, with their digests", () => {
    expect(imagesOf(entries[0]!)).toEqual([{ name: "image-0", digest: digestOf("digest of image-0") }]);
    expect(imagesOf(entries[2]!)).toEqual([
      { name: "base-utils", digest: digestOf("d") },
      { name: "legacy", digest: undefined },
    ]);
  });

  test("is found in kinds of later versions, and nothing in what only looks so", () => {
    expect(imagesOf(ofKind("deploy", { image: "a", digest: digestOf("a") }))).toEqual([
      { name: "a", digest: digestOf("a") },
    ]);
    expect(
      imagesOf(ofKind("deploy", { image: 1, images: ["a", { name: 2 }, null, [{ name: "b" }]] })),
    ).toEqual([]);
    expect(imagesOf(ofKind("deploy", { image: "a", digest: "sha256:short" }))).toEqual([
      { name: "a", digest: undefined },
    ]);
  });

  test("is the evidence that its kind cites", () => {
    expect(evidenceOf(entries[0]!)).toEqual([buildBody("image-0").identity]);
    expect(evidenceOf(entries[2]!)).toEqual([]);
    expect(evidenceOf(ofKind("constructor", { identity: digestOf("x") }))).toEqual([]);
  });
});

describe("a selection", () => {
  const seqs = (filter: Partial<Parameters<typeof selectEntries>[1]>) =>
    selectEntries(entries, { kinds: [], ...filter }).map(({ seq }) => seq);

  test("is by number, time, kind, image, and how many of those", () => {
    expect(seqs({})).toEqual([1, 2, 3, 4, 5, 6]);
    expect(seqs({ since: { seq: 5 } })).toEqual([5, 6]);
    expect(seqs({ since: { time: Date.parse(entries[3]!.time) } })).toEqual([4, 5, 6]);
    expect(seqs({ since: { time: Date.parse(entries[3]!.time) + 1 } })).toEqual([5, 6]);
    expect(seqs({ kinds: ["release"] })).toEqual([3, 6]);
    expect(seqs({ kinds: ["release", "build"], last: 2 })).toEqual([5, 6]);
    expect(seqs({ image: "image-4" })).toEqual([5]);
    expect(seqs({ image: "legacy", last: 1 })).toEqual([6]);
    expect(seqs({ image: "image-4", kinds: ["release"] })).toEqual([]);
  });
});

describe("an in-toto statement", () => {
  test("has the images as subjects, by hex without the algorithm, and the whole entry as predicate", () => {
    const statement = statementOf("demo", entries[2]!);
    expect(statement).toMatchObject({
      _type: "https://in-toto.io/Statement/v1",
      subject: [{ name: "base-utils", digest: { sha256: digestOf("d").slice("sha256:".length) } }],
      predicateType: PREDICATE_TYPE,
      predicate: { fleet: "demo", entry: { seq: 3, hash: entries[2]!.hash }, body: entries[2]!.body },
    });
    // Envelope and body are all of the entry: it can be made whole again, and its hash checked.
    expect({ ...statement.predicate.entry, body: statement.predicate.body }).toEqual(entries[2]);
  });

  test("of an entry without images is about the entry itself: a subject is needed", () => {
    const drill = ofKind("drill", { phase: "1" });
    expect(statementOf("demo", drill).subject).toEqual([
      { name: "demo/ledger/1", digest: { sha256: drill.hash.slice("sha256:".length) } },
    ]);
  });
});

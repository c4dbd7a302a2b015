import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { digestOf } from "../../src/core/base/digest.ts";
import type { Json } from "../../src/core/base/json.ts";
import { parseNext, verifyChain } from "../../src/core/record/chain.ts";
import { type Head, isKind, makeEntry, parseEntry, serializeEntry } from "../../src/core/record/entry.ts";
import { RecordError } from "../../src/core/record/error.ts";
import { buildBody, rehashed, releaseBody, sampleChain, sampleLines } from "./sample.ts";

const code = (expected: string) => expect.objectContaining({ code: expected });

describe("an entry", () => {
  test("has the fixed envelope, and its hash is over the canonical JSON of everything else", () => {
    const entry = makeEntry(undefined, { time: 0, kind: "build", body: buildBody() });
    expect(entry).toMatchObject({ version: 1, seq: 1, previous: null, time: "1970-01-01T00:00:00.000Z" });
    expect(serializeEntry(entry)).toBe(rehashed(entry, {}));
    expect(makeEntry(entry, { time: 1, kind: "release", body: releaseBody() })).toMatchObject({
      seq: 2,
      previous: entry.hash,
    });
  });

  test("comes back from its text as it was", () => {
    for (const entry of sampleChain(6)) expect(parseEntry(serializeEntry(entry))).toEqual(entry);
  });

  test("is narrowed by kind", () => {
    const [build] = sampleChain(1);
    expect(isKind(build!, "build")).toBe(true);
    expect(isKind(build!, "release")).toBe(false);
  });

  test("refuses a body that is not as its kind says, when it is made and when it is read", () => {
    const bad = { ...buildBody(), epoch: 1.5 };
    expect(() => makeEntry(undefined, { time: 0, kind: "build", body: bad })).toThrowError(
      code("RECORD_SHAPE"),
    );
    const entry = makeEntry(undefined, { time: 0, kind: "build", body: buildBody() });
    for (const change of [
      { digest: "sha256:short" },
      { image: 1 },
      { parentDigests: { a: "x" } },
      { revision: undefined },
      { engine: undefined },
    ]) {
      const body = { ...buildBody(), ...change } as unknown as Readonly<Record<string, Json>>;
      expect(() => parseEntry(rehashed(entry, { body }))).toThrowError(code("RECORD_SHAPE"));
    }
  });

  test("of a clean-up says what, by which policy, and with which evidence", () => {
    const images = [{ host: "r", repository: "a/b", digest: digestOf("d"), tags: ["t"] }];
    const prune = {
      state: "done" as const,
      keep: 3,
      olderThanDays: 14,
      plan: digestOf("plan"),
      restore: digestOf("list"),
      images,
      engines: [{ engine: "local", names: ["r/a/b:t"] }],
      left: [{ name: "a/b@x", why: "downloads" }],
    };
    const entry = makeEntry(undefined, { time: 0, kind: "prune", body: prune });
    expect(parseEntry(serializeEntry(entry))).toEqual(entry);
    for (const change of [
      { state: "begun" },
      { keep: -1 },
      { olderThanDays: 0.5 },
      { plan: "sha256:x" },
      { restore: null },
      { images: [{ ...images[0], tags: [1] }] },
      { images: [{ ...images[0], host: 1 }] },
      { engines: [{ engine: "local", names: "x" }] },
      { left: [{ name: "x" }] },
    ]) {
      const body = { ...prune, ...change } as unknown as Readonly<Record<string, Json>>;
      expect(() => parseEntry(rehashed(entry as never, { body }))).toThrowError(code("RECORD_SHAPE"));
    }
  });

  test("lets more members of a body through: a later version of a kind", () => {
    const entry = makeEntry(undefined, { time: 0, kind: "build", body: buildBody() });
    const body = { ...buildBody(), later: { more: [1] } } as unknown as Readonly<Record<string, Json>>;
    expect(parseEntry(rehashed(entry, { body })).body).toHaveProperty("later");
  });

  test("of an unknown kind is kept and verifies", () => {
    const [first, second] = sampleChain(2);
    const later = rehashed(second!, { kind: "deployment", body: { anything: [1, { a: null }] } });
    expect(verifyChain([serializeEntry(first!), later])).toMatchObject({ ok: true });
    expect(serializeEntry(parseEntry(later))).toBe(later);
  });

  test.each([
    ["a later envelope", { version: 2 }, "RECORD_VERSION"],
    ["a member more", { more: 1 }, "RECORD_SHAPE"],
    ["a member less", { time: undefined }, "RECORD_SHAPE"],
    ["seq 0", { seq: 0 }, "RECORD_SHAPE"],
    ["a fraction as seq", { seq: 1.5 }, "RECORD_SHAPE"],
    ["a first entry with one before", { previous: digestOf("x") }, "RECORD_SHAPE"],
    ["a later entry without one before", { seq: 2 }, "RECORD_SHAPE"],
    ["a time that is no time", { time: "yesterday" }, "RECORD_SHAPE"],
    ["a time without milliseconds", { time: "2026-01-01T00:00:00Z" }, "RECORD_SHAPE"],
    ["a day that is none", { time: "2026-02-31T00:00:00.000Z" }, "RECORD_SHAPE"],
    ["a list as body", { body: [] }, "RECORD_SHAPE"],
  ])("with %s is refused though its hash is right", (_, change, expected) => {
    const entry = makeEntry(undefined, { time: 0, kind: "build", body: buildBody() });
    expect(() => parseEntry(rehashed(entry, change as object))).toThrowError(code(expected));
  });

  test.each([
    ["no JSON", "{", "RECORD_JSON"],
    ["nothing", "", "RECORD_JSON"],
    ["a list", "[]", "RECORD_SHAPE"],
    ["deep nesting", `{"body":${"[".repeat(100_000)}${"]".repeat(100_000)}}`, "RECORD_SHAPE"],
    ["a prototype", '{"__proto__":{"version":1}}', "RECORD_VERSION"],
  ])("that is %s is refused", (_, line, expected) => {
    expect(() => parseEntry(line)).toThrowError(code(expected));
  });

  test("has one text only: white space, order, escapes, number forms and doubled keys are refused", () => {
    const line = sampleLines(1)[0]!;
    const others = [
      `${line} `,
      ` ${line}`,
      line.replace(":", ": "),
      line.replace('"seq":1', '"seq":1.0'),
      line.replace('"seq":1', '"seq":1e0'),
      line.replace('"build"', '"\\u0062uild"'),
      line.replace('"seq":1', '"seq":1,"seq":1'),
      JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(line)).toReversed())),
    ];
    for (const other of others) {
      expect(JSON.parse(other)).toEqual(JSON.parse(line));
      expect(() => parseEntry(other)).toThrowError(code("RECORD_CANONICAL"));
    }
  });

  test("a number that JSON cannot write is refused, not an exception of another class", () => {
    const line = sampleLines(1)[0]!.replace('"durationMs":1234', '"durationMs":1e999');
    expect(() => parseEntry(line)).toThrowError(code("RECORD_SHAPE"));
  });
});

describe("a chain", () => {
  const lines = sampleLines(8);

  test("that is sound gives its entries and head; an empty one has none", () => {
    const verdict = verifyChain(lines);
    expect(verdict).toMatchObject({ ok: true, head: { seq: 8, hash: parseEntry(lines[7]!).hash } });
    expect(verdict.entries).toBe(8);
    expect(verifyChain([])).toEqual({ ok: true, entries: 0, head: undefined });
  });

  test.each<[string, (lines: string[]) => void, number, string]>([
    ["a changed body", (l) => (l[3] = l[3]!.replace("image-3", "image-X")), 4, "RECORD_HASH"],
    ["a changed time", (l) => (l[3] = l[3]!.replace(/"time":"2026/, '"time":"2025')), 4, "RECORD_HASH"],
    [
      "a changed hash",
      (l) => (l[3] = l[3]!.replace(/"hash":"sha256:./, '"hash":"sha256:_')),
      4,
      "RECORD_SHAPE",
    ],
    ["a removed line", (l) => l.splice(3, 1), 4, "RECORD_CHAIN"],
    ["a removed first line", (l) => l.shift(), 1, "RECORD_CHAIN"],
    ["swapped lines", (l) => l.splice(3, 2, l[4]!, l[3]!), 4, "RECORD_CHAIN"],
    ["a doubled line", (l) => l.splice(3, 0, l[3]!), 5, "RECORD_CHAIN"],
    ["an empty line", (l) => l.splice(3, 0, ""), 4, "RECORD_JSON"],
    [
      "an entry changed and hashed anew",
      (l) => {
        l[3] = rehashed(parseEntry(l[3]!), { time: "2020-01-01T00:00:00.000Z" });
      },
      5,
      "RECORD_CHAIN",
    ],
    [
      "an entry put in and hashed anew, with the numbers after it moved",
      (l) => {
        const put = rehashed(parseEntry(l[3]!), { seq: 5, previous: parseEntry(l[3]!).hash });
        l.splice(4, 0, put);
        for (let n = 5; n < l.length; n++) l[n] = rehashed(parseEntry(l[n]!), { seq: n + 1 });
      },
      6,
      "RECORD_CHAIN",
    ],
  ])("notices %s", (_, forge, line, expected) => {
    const forged = [...lines];
    forge(forged);
    expect(verifyChain(forged)).toMatchObject({ ok: false, line, code: expected });
    expect(verifyChain(forged).entries).toBe(line - 1);
  });

  test("notices every flipped bit of every line", () => {
    const short = sampleLines(4);
    let head: Head | undefined;
    for (const line of short) {
      const bytes = Buffer.from(line);
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        bytes[bit >> 3]! ^= 1 << (bit & 7);
        const flipped = bytes.toString("utf8");
        bytes[bit >> 3]! ^= 1 << (bit & 7);
        expect(() => parseNext(head, flipped)).toThrow(RecordError);
      }
      head = parseNext(head, line);
    }
  }, 60_000);

  test("does not notice a cut at its end (said in the docs), unless the head was kept", () => {
    const kept = verifyChain(lines);
    const cut = verifyChain(lines.slice(0, 6));
    expect(cut.ok).toBe(true);
    expect(kept.ok && cut.ok && kept.head?.hash === cut.head?.hash).toBe(false);
  });
});

describe("for any input", () => {
  const words = fc.string({ unit: "binary" });
  const body = fc
    .record({
      image: words,
      durationMs: fc.nat(),
      epoch: fc.nat(),
      revision: fc.option(words),
      engine: words,
      parents: fc.dictionary(words, words),
    })
    .map(({ parents, ...rest }) => ({
      ...buildBody(),
      ...rest,
      parentDigests: Object.fromEntries(Object.entries(parents).map(([key, text]) => [key, digestOf(text)])),
    }));

  test("what was written is read back, and the chain holds", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(body, fc.nat(4e12)), { maxLength: 5 }), (bodies) => {
        let last: ReturnType<typeof makeEntry<"build">> | undefined;
        const lines = bodies.map(([build, time]) => {
          last = makeEntry(last, { time, kind: "build", body: build });
          // One line, whatever the words hold.
          expect(serializeEntry(last)).not.toContain("\n");
          expect(parseEntry(serializeEntry(last))).toEqual(last);
          return serializeEntry(last);
        });
        expect(verifyChain(lines)).toMatchObject({ ok: true });
      }),
    );
  });

  test("reading throws nothing but our error", () => {
    const almost = fc
      .tuple(fc.constantFrom(...sampleLines(3)), fc.nat(), fc.nat(), fc.string())
      .map(([line, at, length, text]) => {
        const start = at % line.length;
        return line.slice(0, start) + text + line.slice(start + (length % 20));
      });
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), almost), (line) => {
        const back = (): string => {
          try {
            return serializeEntry(parseEntry(line));
          } catch (thrown) {
            if (thrown instanceof RecordError) return line;
            throw thrown;
          }
        };
        expect(back()).toBe(line);
      }),
    );
  });
});

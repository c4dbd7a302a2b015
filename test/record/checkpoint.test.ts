import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { digestOf } from "../../src/core/base/digest.ts";
import {
  isSigned,
  parseVouch,
  serializeVouch,
  signedText,
  type Vouch,
} from "../../src/core/record/checkpoint.ts";
import { RecordError } from "../../src/core/record/error.ts";
import { parsePublicKeys, withPublicKey } from "../../src/core/record/public-keys.ts";
import { Signer } from "./vouching.ts";

const entries = Array.from({ length: 9 }, (_, n) => digestOf(`entry ${n}`));
const [main, second] = [new Signer("mainpc"), new Signer("pc2")];
const checkpoint = main.checkpoint(entries, 9, 4);
const witness = second.witness(checkpoint);
const code = (expected: string) => expect.objectContaining({ code: expected });

/** Undefined where it is refused; throws what is not our error. */
function parsed(line: string): Vouch | undefined {
  try {
    return parseVouch(line);
  } catch (thrown) {
    if (thrown instanceof RecordError) return undefined;
    throw thrown;
  }
}

function isOnlyOtherProof(one: Vouch, other: Vouch): boolean {
  const rest = (vouch: Vouch): string => JSON.stringify({ ...vouch, from: 0, path: [] });
  return one.kind === "checkpoint" && rest(one) === rest(other);
}

describe("a line of signatures", () => {
  test("comes back as it was written", () => {
    for (const vouch of [checkpoint, witness]) {
      expect(parseVouch(serializeVouch(vouch))).toEqual(vouch);
      expect(serializeVouch(vouch)).not.toContain("\n");
    }
  });

  test("is signed by its key, over all of its body", () => {
    expect(isSigned(checkpoint, main.key)).toBe(true);
    expect(isSigned(checkpoint, second.key)).toBe(false);
    expect(isSigned(witness, second.key)).toBe(true);
    for (const [member, value] of Object.entries({
      fleet: "other",
      first: entries[1]!,
      seq: 8,
      hash: entries[7]!,
      root: entries[0]!,
      time: "2026-08-01T00:00:00.000Z",
    })) {
      expect(isSigned({ ...checkpoint, body: { ...checkpoint.body, [member]: value } }, main.key)).toBe(
        false,
      );
    }
  });

  test("of one kind never passes for one of the other: what is signed names it", () => {
    expect(signedText(checkpoint)).toMatch(/^lapstrake checkpoint v1\n\{/);
    expect(signedText(witness)).toMatch(/^lapstrake witness v1\n\{/);
  });

  test("no flipped bit is the same checkpoint: it does not parse, or no key signed it, or its proof is another", () => {
    for (const [vouch, key] of [
      [checkpoint, main.key],
      [witness, second.key],
    ] as const) {
      const bytes = Buffer.from(serializeVouch(vouch));
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        bytes[bit >> 3]! ^= 1 << (bit & 7);
        const flipped = parsed(bytes.toString("utf8"));
        bytes[bit >> 3]! ^= 1 << (bit & 7);
        // The path is not signed: it proves itself. test/record/judge-checkpoints has that.
        const isSeen = flipped === undefined || !isSigned(flipped, key) || isOnlyOtherProof(flipped, vouch);
        expect(isSeen, `bit ${bit}`).toBe(true);
      }
    }
  });

  test.each([
    ["no JSON", "x", "RECORD_JSON"],
    ["a conflict of a merge", "<<<<<<< HEAD", "RECORD_JSON"],
    ["another type", '{"type":"entry"}', "RECORD_SHAPE"],
    ["no body", '{"type":"witness","signature":""}', "RECORD_SHAPE"],
    ["a later version", serializeVouch(checkpoint).replace('"version":1', '"version":2'), "RECORD_VERSION"],
    ["white space", `${serializeVouch(checkpoint)} `, "RECORD_CANONICAL"],
    ["a member more", serializeVouch(checkpoint).replace('"from"', '"extra":1,"from"'), "RECORD_CANONICAL"],
    ["a time that is none", serializeVouch(checkpoint).replace("2026-", "2026/"), "RECORD_SHAPE"],
  ])("that is %s is refused", (_, line, expected) => {
    expect(() => parseVouch(line)).toThrowError(code(expected));
  });

  test("reading throws nothing but our error", () => {
    const line = serializeVouch(checkpoint);
    const almost = fc
      .tuple(fc.nat(line.length), fc.nat(30), fc.string())
      .map(([at, length, text]) => line.slice(0, at) + text + line.slice(at + length));
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), almost), (text) => {
        const vouch = parsed(text);
        expect(vouch === undefined ? text : serializeVouch(vouch)).toBe(text);
      }),
    );
  });
});

describe("the list of keys", () => {
  test("grows by a line, once for each role", () => {
    const one = withPublicKey("", main.listed("ledger"))!;
    expect(one).toMatch(/^# .*\nledger mainpc \S+\n$/);
    expect(withPublicKey(one, main.listed("ledger"))).toBeUndefined();
    const two = withPublicKey(one.trimEnd(), main.listed("witness"))!;
    expect(parsePublicKeys(two)).toEqual([main.listed("ledger"), main.listed("witness")]);
    expect(parsePublicKeys(two.replaceAll("\n", "\r\n"))).toEqual(parsePublicKeys(two));
  });

  test.each([
    ["a role that is none", `admin mainpc ${main.key.spki}`],
    ["no name", `ledger ${main.key.spki}`],
    ["a key that is none", "ledger mainpc AAAA"],
    ["more words", `ledger mainpc ${main.key.spki} really`],
    ["a mark of a merge", "<<<<<<< HEAD"],
  ])("with %s is refused with its line", (_, line) => {
    expect(() => parsePublicKeys(`# keys\n\n${line}\n`)).toThrowError(/line 3/);
  });
});

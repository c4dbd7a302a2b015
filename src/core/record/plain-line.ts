import { endOfPlainValue, isPlainText } from "../base/canonical-scan.ts";
import { type Digest, isDigest } from "../base/digest.ts";
import { DEPTH_LIMIT } from "./fields.ts";
import { isKnownKind, type Kind } from "./kinds.ts";
import { isTime } from "./time.ts";

/** The members of an entry as they stand in its line; of the body the text, which nobody parsed yet. */
export interface PlainLine {
  readonly body: string;
  readonly hash: Digest;
  readonly kind: Kind;
  readonly previous: Digest | null;
  readonly seq: number;
  readonly time: string;
  /** What `hash` is over: the line without that member. */
  readonly hashed: string;
}

const BODY = '{"body":';
const HASH = ',"hash":"';
const KIND = '","kind":"';
const PREVIOUS = '","previous":';
const SEQ = ',"seq":';
const TIME = ',"time":"';
const END = '","version":1}';
const DIGEST_LENGTH = "sha256:".length + 64;
const TIME_LENGTH = "2026-01-01T00:00:00.000Z".length;

/**
 * Takes a line apart by its letters, where it is the canonical text of an entry of a known kind; undefined leaves it to
 * whoever parses and compares, which costs several times as much and says what is wrong. `expected` is what `previous`
 * probably is: it only saves looking at its letters.
 */
export function readPlainLine(line: string, expected: Digest | undefined): PlainLine | undefined {
  if (!line.startsWith('{"body":{') || !isPlainText(line)) return undefined;
  const bodyEnd = endOfPlainValue(line, BODY.length, DEPTH_LIMIT - 1);
  if (bodyEnd < 0 || !line.startsWith(HASH, bodyEnd)) return undefined;
  const hashAt = bodyEnd + HASH.length;
  const hash = line.slice(hashAt, hashAt + DIGEST_LENGTH);
  const kindAt = after(line, KIND, hashAt + DIGEST_LENGTH);
  const kindEnd = line.indexOf('"', kindAt);
  const kind = line.slice(kindAt, kindEnd);
  const previousAt = after(line, PREVIOUS, kindEnd);
  if (kindAt < 0 || kindEnd < 0 || previousAt < 0 || !isDigest(hash) || !isKnownKind(kind)) return undefined;
  const previous = previousOf(line, previousAt, expected);
  if (previous === undefined) return undefined;
  const seqAt = after(line, SEQ, previousAt + (previous === null ? 4 : DIGEST_LENGTH + 2));
  const seqEnd = seqAt < 0 ? -1 : endOfPlainValue(line, seqAt, 0);
  const timeAt = seqEnd < 0 ? -1 : after(line, TIME, seqEnd);
  if (timeAt < 0 || line.length !== timeAt + TIME_LENGTH + END.length || !line.endsWith(END))
    return undefined;
  const seq = Number(line.slice(seqAt, seqEnd));
  // In two: a longer slice would keep the whole line in memory for as long as anybody keeps the time.
  const time = line.slice(timeAt, timeAt + 12) + line.slice(timeAt + 12, timeAt + TIME_LENGTH);
  if (!(seq >= 1) || (seq === 1) !== (previous === null) || !isTime(time)) return undefined;
  const hashed = line.slice(0, bodyEnd + 1) + line.slice(hashAt + DIGEST_LENGTH + 2);
  return { body: line.slice(BODY.length, bodyEnd), hash, kind, previous, seq, time, hashed };
}

/** Where the text after `mark` begins, which must stand at `at`; -1 where it does not. */
function after(line: string, mark: string, at: number): number {
  return line.startsWith(mark, at) ? at + mark.length : -1;
}

function previousOf(line: string, at: number, expected: Digest | undefined): Digest | null | undefined {
  if (line.startsWith("null", at)) return null;
  if (line[at] !== '"') return undefined;
  const end = at + 1 + DIGEST_LENGTH;
  if (line[end] !== '"') return undefined;
  if (expected !== undefined && line.startsWith(expected, at + 1)) return expected;
  const text = line.slice(at + 1, end);
  return isDigest(text) ? text : undefined;
}

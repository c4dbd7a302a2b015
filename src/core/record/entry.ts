import { type Digest, digestOf } from "../base/digest.ts";
import { canonicalJson, type Json } from "../base/json.ts";
import { RecordError } from "./error.ts";
import { Fields, isObject, type JsonObject, parseObject } from "./fields.ts";
import { type Bodies, checkBody, isKnownKind, type Kind } from "./kinds.ts";
import { readPlainLine } from "./plain-line.ts";
import { isTime } from "./time.ts";

/** The envelope of every entry of a ledger. It is fixed: later versions add kinds of bodies. */
export interface Envelope<K extends string, Body> {
  readonly version: 1;
  /** From 1, without gaps. */
  readonly seq: number;
  /** The hash of the entry before; null for the first. */
  readonly previous: Digest | null;
  /** ISO 8601 in UTC with milliseconds. */
  readonly time: string;
  readonly kind: K;
  readonly body: Body;
  /** Over the canonical JSON of everything else. */
  readonly hash: Digest;
}

/** An entry of any kind, also of kinds that this version does not know. */
export type Entry = Envelope<string, JsonObject>;
export type EntryOf<K extends Kind> = Envelope<K, Bodies[K]>;

/** What the next entry is chained to. */
export type Head = Pick<Entry, "seq" | "hash">;

const MEMBERS = "body,hash,kind,previous,seq,time,version";

/** Bytes of a line. The release of two thousand images has one; a longer one is only there to exhaust memory. */
export const LINE_LIMIT = 8 * 1024 * 1024;

/** The next entry after `previous` (undefined for the first). `time` in milliseconds since 1970 UTC. */
export function makeEntry<K extends Kind>(
  previous: Head | undefined,
  what: { readonly time: number; readonly kind: K; readonly body: Bodies[K] },
): EntryOf<K> {
  const entry = {
    version: 1,
    seq: (previous?.seq ?? 0) + 1,
    previous: previous?.hash ?? null,
    time: new Date(what.time).toISOString(),
    kind: what.kind,
    body: what.body,
  } as const;
  // The bodies are JSON by their members, but interfaces have no index signature.
  const body = entry.body as unknown as JsonObject;
  checkBody(entry.kind, body);
  const text = textAround({ ...entry, body }).join("");
  if (text.length > LINE_LIMIT / 4 && Buffer.byteLength(text) > LINE_LIMIT - 100)
    throw new RecordError("RECORD_SIZE", `expected an entry of at most ${LINE_LIMIT} bytes`);
  return { ...entry, hash: digestOf(text) };
}

/** The one text of an entry: canonical JSON, as it stands in a ledger, without the end of the line. */
export function serializeEntry(entry: Entry | EntryOf<Kind>): string {
  // As above: JSON without an index signature.
  const [head, tail] = textAround({ ...entry, body: entry.body as unknown as JsonObject });
  return `${head}"hash":"${entry.hash}",${tail}`;
}

/**
 * The entry of a line. Throws RecordError: RECORD_JSON, RECORD_SHAPE, RECORD_VERSION (a later envelope),
 * RECORD_HASH (the content is not what was hashed), RECORD_CANONICAL (same content, other bytes). What `previous` is expected
 * to be only saves looking at its letters: it need not be that.
 */
export function parseEntry(line: string, expected?: Digest): Entry {
  return soundEntry(line, expected) ?? parseAnyEntry(line);
}

/** The entry of a line in its one form; undefined where anything is not as it should be, or written in another form. */
function soundEntry(line: string, expected: Digest | undefined): Entry | undefined {
  const plain = readPlainLine(line, expected);
  if (plain === undefined) return undefined;
  const hash = digestOf(plain.hashed);
  if (hash !== plain.hash) return undefined;
  const { kind, previous, seq, time } = plain;
  const body = parsed(plain.body);
  if (body === undefined) return undefined;
  checkBody(kind, body);
  return { version: 1, seq, previous, time, kind, body, hash };
}

/** An object whose text was seen to begin as one; undefined where a word in it holds what no JSON has. */
function parsed(text: string): JsonObject | undefined {
  try {
    // JSON.parse gives nothing but JSON, and what begins with a brace is an object.
    return JSON.parse(text) as JsonObject;
  } catch {
    return undefined;
  }
}

function parseAnyEntry(line: string): Entry {
  const object = parseObject(line);
  const fields = new Fields(object, "entry");
  const version = fields.get("version");
  if (version !== 1) {
    throw new RecordError("RECORD_VERSION", `expected version 1, found ${JSON.stringify(version) ?? "none"}`);
  }
  const names = fields.names.toSorted().join();
  if (names !== MEMBERS) throw shape(`expected the members ${MEMBERS}, found ${names}`);
  const body = fields.get("body");
  if (!isObject(body)) throw shape("expected an object as body");
  const entry: Entry = {
    version,
    seq: fields.count("seq"),
    previous: fields.digestOrNull("previous"),
    time: fields.text("time"),
    kind: fields.text("kind"),
    body,
    hash: fields.digest("hash"),
  };
  const [head, tail] = textAround(entry);
  if (digestOf(head + tail) !== entry.hash)
    throw new RecordError("RECORD_HASH", "the content is not what was hashed");
  // A second text with the same meaning would let bytes change unseen.
  if (`${head}"hash":"${entry.hash}",${tail}` !== line) {
    throw new RecordError("RECORD_CANONICAL", "the text is not in canonical form");
  }
  if (!isTime(entry.time)) throw shape(`expected a UTC time with milliseconds, found ${entry.time}`);
  if (entry.seq < 1 || (entry.seq === 1) !== (entry.previous === null)) {
    throw shape("expected seq from 1, and previous null for the first entry only");
  }
  if (isKnownKind(entry.kind)) checkBody(entry.kind, body);
  return entry;
}

/** Narrows an entry to a kind; its body was checked when it was parsed. */
export function isKind<K extends Kind>(entry: Entry | EntryOf<Kind>, kind: K): entry is EntryOf<K> {
  return entry.kind === kind;
}

/** Those of these kinds. */
export function ofKinds<K extends Kind>(
  entries: readonly Entry[],
  kinds: readonly K[],
): readonly EntryOf<K>[] {
  const isOne = (entry: Entry): entry is Entry & EntryOf<K> => kinds.some((kind) => kind === entry.kind);
  return entries.filter(isOne);
}

/** The canonical text before and after the place of `hash`: keys are sorted, and only `body` comes before it. */
function textAround(entry: Omit<Entry, "hash">): [head: string, tail: string] {
  const { kind, previous, seq, time, version } = entry;
  const tail = canonical({ kind, previous, seq, time, version }).slice(1);
  return [`{"body":${canonical(entry.body)},`, tail];
}

function canonical(value: Json): string {
  try {
    return canonicalJson(value);
  } catch (cause) {
    // JSON.parse makes Infinity of 1e999.
    throw new RecordError("RECORD_SHAPE", "expected finite numbers", { cause });
  }
}

function shape(message: string): RecordError {
  return new RecordError("RECORD_SHAPE", message);
}

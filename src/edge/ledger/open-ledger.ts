import type { Clock } from "../../core/base/clock.ts";
import { type ChainVerdict, verifyChain } from "../../core/record/chain.ts";
import { type Entry, type EntryOf, type Head, isKind, ofKinds, parseEntry } from "../../core/record/entry.ts";
import { RecordError } from "../../core/record/error.ts";
import type { Kind } from "../../core/record/kinds.ts";
import { AppendQueue, type Exclusive } from "./append-queue.ts";
import { LedgerError } from "./error.ts";
import { checkIndex, entriesOfKinds } from "./indexed-ledger.ts";
import { LedgerFile } from "./ledger-file.ts";
import { decoded, linesFrom, linesFromEnd } from "./lines.ts";
import type { Ledger, TornTail } from "./port.ts";
import { surveyLedger } from "./survey-ledger.ts";

export interface LedgerOptions {
  readonly clock: Clock;
  /** Keeps other processes from writing to the same file meanwhile; `lockTree` of edge/tree does. */
  readonly exclusive: Exclusive;
  /** Told once a torn tail was moved aside. */
  readonly onMended?: (torn: TornTail) => void;
}

/** The ledger in this file. Nothing is read or made before the first call; the file is made by the first append. */
export function openLedger(path: string, { clock, exclusive, onMended }: LedgerOptions): Ledger {
  const file = new LedgerFile(path, onMended);
  const indexPath = `${path}.index`;
  const queue = new AppendQueue({ file, clock, exclusive, headOf: (line) => parsed(path, line) });
  const verify = (visit?: (entry: Entry) => void): ChainVerdict =>
    file.reading(({ file, end }) => verifyChain(decoded(linesFrom(file, 0, end)), visit && { visit })) ??
    verifyChain([]);
  return {
    append: (kind, body) => queue.append(kind, body),
    verify: async () => verify(),
    survey: () => surveyLedger(file),
    async read() {
      const entries: Entry[] = [];
      const verdict = verify((entry) => entries.push(entry));
      if (verdict.ok) return entries;
      throw broken(path, `line ${verdict.line}: ${verdict.why}`, verdict.line);
    },
    last: async (kind) =>
      file.reading(({ file, end }) => newest(path, decoded(linesFromEnd(file, end)), kind)),
    async entriesOf(...kinds) {
      const found = file.reading((open) => entriesOfKinds(open, indexPath, new Set<string>(kinds))) ?? [];
      if ("why" in found) throw broken(path, `line ${found.line}: ${found.why}`, found.line);
      return ofKinds(found, kinds);
    },
    head: async () => file.reading(({ file, end }) => headOf(path, decoded(linesFromEnd(file, end)))),
    torn: () => file.torn,
    checkIndex: async (entries) => checkIndex(indexPath, entries),
  };
}

function headOf(path: string, lines: Iterable<string>): Head | undefined {
  for (const line of lines) {
    const { seq, hash } = parsed(path, line);
    return { seq, hash };
  }
  return undefined;
}

function newest<K extends Kind>(path: string, lines: Iterable<string>, kind: K): EntryOf<K> | undefined {
  // A body may hold the same text, so it only saves parsing: ten thousands of builds may follow the last release.
  const mark = `"kind":"${kind}"`;
  for (const line of lines) {
    if (!line.includes(mark)) continue;
    const entry = parsed(path, line);
    if (isKind(entry, kind)) return entry;
  }
  return undefined;
}

function parsed(path: string, line: string): Entry {
  try {
    return parseEntry(line);
  } catch (thrown) {
    if (!(thrown instanceof RecordError)) throw thrown;
    throw broken(path, `a line at its end: ${thrown.message}`, undefined);
  }
}

function broken(path: string, where: string, line: number | undefined): LedgerError {
  return new LedgerError("LEDGER_BROKEN", `${path} was damaged or changed: ${where}`, {
    details: { path, line },
    hint: "`lapstrake ledger verify` says from where on; keep the file, and move it away to begin anew",
  });
}

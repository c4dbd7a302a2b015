import type { Clock } from "../../core/base/clock.ts";
import { verifyChain } from "../../core/record/chain.ts";
import {
  type Entry,
  type EntryOf,
  type Head,
  isKind,
  makeEntry,
  parseEntry,
  serializeEntry,
} from "../../core/record/entry.ts";
import { RecordError } from "../../core/record/error.ts";
import type { Bodies, Kind } from "../../core/record/kinds.ts";
import { LedgerError } from "./error.ts";
import { LedgerFile } from "./ledger-file.ts";
import type { Ledger } from "./port.ts";

export interface LedgerOptions {
  readonly clock: Clock;
}

/** The ledger in this file. Nothing is read or made before the first call; the file is made by the first append. */
export function openLedger(path: string, options: LedgerOptions): Ledger {
  const file = new LedgerFile(path);
  const head = (): Head | undefined =>
    file.fromEnd((lines) => {
      for (const line of lines) return headOf(parsed(path, line));
      return undefined;
    });
  const append = <K extends Kind>(kind: K, body: Bodies[K]): EntryOf<K> => {
    const entry = makeEntry(head(), { time: options.clock(), kind, body });
    file.append(`${serializeEntry(entry)}\n`);
    return entry;
  };
  const verify = () => file.fromStart(verifyChain) ?? verifyChain([]);
  return {
    append: async (kind, body) => append(kind, body),
    verify: async () => verify(),
    async read() {
      const verdict = verify();
      if (verdict.ok) return verdict.entries;
      throw broken(path, `line ${verdict.line}: ${verdict.why}`, verdict.line);
    },
    last: async (kind) => file.fromEnd((lines) => newest(path, lines, kind)),
    head: async () => head(),
    torn: () => file.torn,
  };
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

function headOf(entry: Entry): Head {
  return { seq: entry.seq, hash: entry.hash };
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

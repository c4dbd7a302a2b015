import type { Clock } from "../../core/base/clock.ts";
import { verifyChain } from "../../core/record/chain.ts";
import {
  type Entry,
  isKind,
  makeEntry,
  ofKinds,
  parseEntry,
  serializeEntry,
} from "../../core/record/entry.ts";
import { surveyChain } from "../../core/record/survey-chain.ts";
import type { Ledger } from "./port.ts";

/** A ledger that is kept nowhere. It holds lines, as the file does, so that what it gives has been through the text. */
export function createMemoryLedger(clock: Clock): Ledger {
  const lines: string[] = [];
  const entries = (): Entry[] => lines.map((line) => parseEntry(line));
  return {
    async append(kind, body) {
      const entry = makeEntry(entries().at(-1), { time: clock(), kind, body });
      lines.push(serializeEntry(entry));
      return entry;
    },
    read: async () => entries(),
    verify: async () => verifyChain(lines),
    survey: async () => surveyChain(lines),
    async last(kind) {
      for (const entry of entries().reverse()) if (isKind(entry, kind)) return entry;
      return undefined;
    },
    entriesOf: async (...kinds) => ofKinds(entries(), kinds),
    async head() {
      const last = entries().at(-1);
      return last && { seq: last.seq, hash: last.hash };
    },
    torn: () => undefined,
    checkIndex: async () => undefined,
  };
}

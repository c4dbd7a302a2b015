import type { Digest } from "../../core/base/digest.ts";
import type { Entry } from "../../core/record/entry.ts";
import type { ChainSurvey } from "../../core/record/survey-chain.ts";

/** A survey as one thread hands it to another: few large pieces, since each object costs to be copied. */
export interface PackedSurvey {
  readonly verdict: ChainSurvey["verdict"];
  readonly kinds: readonly string[];
  /** By entry, the place of its kind in `kinds`. */
  readonly kindOf: Uint16Array<ArrayBuffer>;
  /** The hashes of all entries, one after the other. */
  readonly hashes: string;
  readonly cited: readonly (readonly [Digest, Pick<Entry, "seq" | "time">])[];
}

const HASH_LENGTH = "sha256:".length + 64;

export function packSurvey({ verdict, entries, cited }: ChainSurvey): PackedSurvey {
  const kinds = [...new Set(entries.map(({ kind }) => kind))];
  const numbers = new Map(kinds.map((kind, number) => [kind, number]));
  return {
    verdict,
    kinds,
    kindOf: Uint16Array.from(entries, ({ kind }) => numbers.get(kind) ?? 0),
    hashes: entries.map(({ hash }) => hash).join(""),
    cited: [...cited],
  };
}

export function unpackSurvey({ verdict, kinds, kindOf, hashes, cited }: PackedSurvey): ChainSurvey {
  const entries = Array.from(kindOf, (number, index) => ({
    kind: kinds[number] ?? "",
    // They were digests before they were joined.
    hash: hashes.slice(index * HASH_LENGTH, (index + 1) * HASH_LENGTH) as Digest,
  }));
  return { verdict, entries, cited: new Map(cited) };
}

import { digestOf } from "../../src/core/base/digest.ts";
import { type Entry, type EntryOf, makeEntry, serializeEntry } from "../../src/core/record/entry.ts";
import type { BuildBody, ReleaseBody } from "../../src/core/record/kinds.ts";

export function buildBody(image = "base-utils"): BuildBody {
  return {
    image,
    identity: digestOf(`identity of ${image}`),
    digest: digestOf(`digest of ${image}`),
    parentDigests: { "base-python": digestOf("parent") },
    durationMs: 1234,
    epoch: 1_700_000_000,
    revision: "0123456789abcdef0123456789abcdef01234567",
    engine: "docker 28.5.2",
  };
}

export function releaseBody(tag = "20260801-0123456"): ReleaseBody {
  return {
    tag,
    sha: "0123456789abcdef0123456789abcdef01234567",
    dirty: false,
    partial: false,
    images: [
      {
        name: "base-utils",
        repository: "r.example/fleet/base-utils",
        identity: digestOf("i"),
        digest: digestOf("d"),
        kind: "reused",
      },
    ],
    unavailable: [{ name: "legacy", why: "no Python 3.10 — “nowhere”" }],
    gates: [{ name: "scan", outcome: "waived", reason: "CVE-1, until 2027" }],
    artifact: null,
  };
}

/** A sound chain of builds and releases. */
export function sampleChain(length: number): readonly EntryOf<"build" | "release">[] {
  const entries: EntryOf<"build" | "release">[] = [];
  for (let n = 0; n < length; n++) {
    const time = 1_780_000_000_000 + n * 1000;
    entries.push(
      n % 3 === 2
        ? makeEntry(entries.at(-1), { time, kind: "release", body: releaseBody(`20260801-${n}`) })
        : makeEntry(entries.at(-1), { time, kind: "build", body: buildBody(`image-${n}`) }),
    );
  }
  return entries;
}

export const sampleLines = (length: number): string[] => sampleChain(length).map(serializeEntry);

/** The same entry with members changed and its own hash computed anew, as a forger would. */
export function rehashed(entry: Entry | EntryOf<"build" | "release">, change: Partial<Entry>): string {
  const { hash: _, ...rest } = { ...entry, ...change } as unknown as Entry;
  const sorted = JSON.stringify(sortKeys(rest));
  const hash = digestOf(sorted);
  return JSON.stringify(sortKeys({ ...rest, hash }));
}

/** An own, second implementation of canonical JSON, so that the tests do not ask the code about itself. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sortKeys(member)]),
  );
}

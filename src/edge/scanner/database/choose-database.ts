import { shortDigest } from "../../../core/base/digest.ts";
import { DatabaseError } from "./error.ts";
import type { DatabaseChoice, KeptDatabase } from "./port.ts";

/** The newest of the same sources, and some before: a policy may still pin one. */
const KEPT = { update: 3, export: 8 } as const;

/** The one that is meant. Throws DatabaseError DATABASE_MISSING. */
export function chooseDatabase<Kept extends KeptDatabase>(
  entries: readonly Kept[],
  choice: DatabaseChoice,
): Kept {
  const { digest, sources } = choice;
  const fits = entries.find(
    (each) =>
      (digest === undefined ? each.purpose === "update" : each.digest === digest) &&
      (sources === undefined || digest !== undefined || keyOf(each) === sourcesKey(sources)),
  );
  if (fits === undefined) throw missing(choice, entries);
  return fits;
}

export function missing(
  { digest, sources, export: path }: DatabaseChoice,
  entries: readonly KeptDatabase[],
): DatabaseError {
  const kept = entries.map(
    (each) => shortDigest(each.digest) + (each.purpose === "export" ? " (of a fleet's own export)" : ""),
  );
  const found = kept.length === 0 ? "none is kept here" : `kept here: ${kept.join(", ")}`;
  if (digest !== undefined) {
    const where = path === undefined ? "" : ` in ${path}`;
    return new DatabaseError(
      "DATABASE_MISSING",
      `expected the database of advisories ${digest}${where}; ${found}`,
      {
        hint: "`lapstrake db status` shows digests; gates.vulnerabilities.osv.digest pins one",
      },
    );
  }
  const of = sources === undefined ? "" : ` of ${sources.join(", ")}`;
  return new DatabaseError(
    "DATABASE_MISSING",
    `expected a database of advisories that was fetched${of}; ${found}`,
    {
      hint: "lapstrake db update fetches one; gates.vulnerabilities.osv.export names a file of the fleet instead",
    },
  );
}

/** The newest first; the entry takes the place of the same records from the same places. */
export function withEntry<Kept extends KeptDatabase>(entries: readonly Kept[], entry: Kept): readonly Kept[] {
  return [entry, ...entries.filter((each) => each.digest !== entry.digest || !isOfSame(each, entry))];
}

export function isOfSame(one: KeptDatabase, other: KeptDatabase): boolean {
  return one.purpose === other.purpose && keyOf(one) === keyOf(other);
}

/** Those that stay. */
export function keepOf<Kept extends KeptDatabase>(entries: readonly Kept[]): readonly Kept[] {
  const counts = new Map<string, number>();
  return entries.filter((each) => {
    const key = each.purpose === "export" ? "export" : keyOf(each);
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return count <= KEPT[each.purpose];
  });
}

function keyOf({ sources }: KeptDatabase): string {
  return sourcesKey(sources.map(({ from }) => from));
}

/** Their order says nothing. */
function sourcesKey(sources: readonly string[]): string {
  return JSON.stringify([...sources].sort());
}

import { imagesOf } from "./about.ts";
import type { Entry } from "./entry.ts";

export interface EntryFilter {
  /** From an entry's number, or from a time (milliseconds since 1970 UTC) on. */
  readonly since?: { readonly seq: number } | { readonly time: number } | undefined;
  /** All where it is empty. */
  readonly kinds: readonly string[];
  /** Only entries that name this image. */
  readonly image?: string | undefined;
  /** So many of those, the newest. */
  readonly last?: number | undefined;
}

/** The entries that fit all of the filter, in order. */
export function selectEntries(entries: readonly Entry[], filter: EntryFilter): readonly Entry[] {
  const { since, kinds, image, last } = filter;
  const found = entries.filter(
    (entry) =>
      (since === undefined || isSince(entry, since)) &&
      (kinds.length === 0 || kinds.includes(entry.kind)) &&
      (image === undefined || imagesOf(entry).some(({ name }) => name === image)),
  );
  return last === undefined ? found : found.slice(-last);
}

function isSince(entry: Entry, since: NonNullable<EntryFilter["since"]>): boolean {
  return "seq" in since ? entry.seq >= since.seq : Date.parse(entry.time) >= since.time;
}

import type { Digest } from "../base/digest.ts";
import type { Observation } from "./observed.ts";
import type { SizeTable } from "./sizes.ts";

/** What became of an image between two releases. */
export interface Change {
  readonly name: string;
  readonly change: "added" | "removed" | "changed" | "same";
  readonly before: Digest | undefined;
  readonly after: Digest | undefined;
  /** Compressed bytes more (or less); undefined where the registry no longer holds one of them. */
  readonly bytes: number | undefined;
}

/** The last release against an earlier one, by image name; undefined where none was asked for or it is not known. */
export function changesSince(
  { releases, since }: Observation,
  sizes: SizeTable,
): { readonly release: string; readonly changes: readonly Change[] } | undefined {
  const earlier = releases.findLast(({ tag }) => tag === since);
  const last = releases.at(-1);
  if (earlier === undefined || last === undefined) return undefined;
  const before = new Map(earlier.images.map(({ name, digest }) => [name, digest]));
  const after = new Map(last.images.map(({ name, digest }) => [name, digest]));
  const names = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  const changes = names.map((name) =>
    changeOf({ name, before: before.get(name), after: after.get(name) }, sizes),
  );
  return { release: earlier.tag, changes };
}

function changeOf(each: Pick<Change, "name" | "before" | "after">, sizes: SizeTable): Change {
  const { before, after } = each;
  const sizeOf = (digest: Digest | undefined): number | undefined =>
    digest === undefined ? 0 : sizes.of(digest)?.compressed;
  const [old, now] = [sizeOf(before), sizeOf(after)];
  return {
    ...each,
    change:
      before === undefined
        ? "added"
        : after === undefined
          ? "removed"
          : before === after
            ? "same"
            : "changed",
    bytes: old === undefined || now === undefined ? undefined : now - old,
  };
}

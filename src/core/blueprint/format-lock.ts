import { stringify } from "yaml";
import type { Lock, LockedIndex, LockedRoot } from "./lock.ts";

const HEADER = "# written by lapstrake lock; review and commit\n";

/**
 * The text of `lapstrake.lock`: equal locks give equal text, whatever the order of their keys, so that a diff shows
 * what moved and nothing else.
 */
export function formatLock(lock: Lock): string {
  const roots = Object.fromEntries(sorted(lock.roots).map(([name, root]) => [name, rootOf(root)]));
  const body = { version: lock.version, roots, index: indexOf(lock.index) };
  // Digests stay on their line; an alias would hide that two roots are equal.
  return HEADER + stringify(body, { lineWidth: 0, aliasDuplicateObjects: false, version: "1.2" });
}

function rootOf(root: LockedRoot): unknown {
  if ("unavailable" in root) return { unavailable: root.unavailable };
  return {
    image: root.image,
    source: root.source,
    from: root.from,
    digest: root.digest,
    ...(root.platforms === undefined ? {} : { platforms: inOrder(root.platforms) }),
    created: root.created,
    ...(root.packages === undefined ? {} : { packages: inOrder(root.packages) }),
  };
}

function indexOf({ apt }: LockedIndex): unknown {
  return apt === undefined ? {} : { apt: { suites: inOrder(apt.suites), digest: apt.digest } };
}

function inOrder<T>(map: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(sorted(map));
}

/** By UTF-16 code units: the order must not depend on a locale. */
function sorted<T>(map: Readonly<Record<string, T>>): readonly (readonly [string, T])[] {
  return Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
}

import type { Root } from "../../blueprint/blueprint.ts";
import type { LockedRoot } from "../../blueprint/lock.ts";
import { formatImageRef } from "../../oci/reference.ts";

/** What a root says of the interpreter and the C library in it, and where it says so. */
export interface RootFacts {
  readonly root: string;
  /** `3.11`; undefined where the root does not tell. */
  readonly python: string | undefined;
  /** glibc's `2.36`; undefined where the root does not tell. */
  readonly glibc: string | undefined;
  /** Where the interpreter is told, in words. */
  readonly from: string;
}

/** The recipe that made it, the packages that are in it, or the tag of an official Python image, in this order. */
export function rootFacts(root: Root, locked: LockedRoot | undefined): RootFacts {
  const pinned = locked === undefined || "unavailable" in locked ? undefined : locked;
  const packages = pinned?.packages ?? {};
  const glibc = /^(?:\d+:)?(\d+\.\d+)/.exec(packages["libc6"] ?? "")?.[1];
  const told = (python: string | undefined, from: string): RootFacts => ({
    root: root.name,
    python,
    glibc,
    from,
  });
  const recipe = root.bootstrap?.python;
  if (recipe !== undefined && (pinned === undefined || pinned.source === "bootstrap"))
    return told(recipe, `the bootstrap recipe of the root ${root.name}`);
  const installed = Object.keys(packages).flatMap(
    (name) => /^python(3\.\d+)(?:-minimal)?$/.exec(name)?.[1] ?? [],
  );
  const [only, ...more] = new Set(installed);
  if (only !== undefined && more.length === 0)
    return told(only, `the packages of the root ${root.name} in lapstrake.lock`);
  const { repository, tag } = root.image;
  const tagged = /(?:^|\/)python$/.test(repository) ? /^(3\.\d+)(?:[.-]|$)/.exec(tag ?? "")?.[1] : undefined;
  return told(tagged, `the tag of the root ${formatImageRef(root.image)}`);
}

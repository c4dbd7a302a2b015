import type { PinnedRoot } from "../core/blueprint/lock.ts";
import { formatImageRef, type ImageRef, parseImageRef } from "../core/oci/reference.ts";
import { FlowError } from "./error.ts";
import type { Fleet } from "./load-fleet.ts";

/** The repository of the fleet's registry in which a bootstrapped root lies. */
export function rootRepository(namespace: string | undefined, root: string): string {
  return [...(namespace === undefined ? [] : [namespace]), "roots", root].join("/");
}

/** Where a pinned root is read from, by digest. */
export function rootRef(fleet: Pick<Fleet, "place">, host: string, name: string, root: PinnedRoot): ImageRef {
  if (root.source === "bootstrap") {
    return { host, repository: rootRepository(fleet.place.namespace, name), digest: root.digest };
  }
  const { host: at, repository } = parseImageRef(root.from);
  return { host: at, repository, digest: root.digest };
}

/** The lock's entry of a root that an image needs; LOCK_MISSING where `lapstrake lock` has not seen it. */
export function pinnedRoot(fleet: Pick<Fleet, "lock">, name: string): PinnedRoot | undefined {
  const root = fleet.lock?.roots[name];
  return root === undefined || "unavailable" in root ? undefined : root;
}

/** Every root that the graph uses must be in the lock, as the blueprint names it now, before anything is planned. */
export function requireLock(fleet: Fleet): void {
  const used = new Set(
    [...fleet.graph.nodes.values()].flatMap((node) =>
      node.parents.filter((edge) => edge.kind === "root").map((edge) => edge.name),
    ),
  );
  const missing = [...used].filter((name) => fleet.lock?.roots[name] === undefined);
  if (missing.length > 0)
    throw lockError("LOCK_MISSING", fleet, `does not pin the root ${missing.join(", ")}`);
  const stale = [...used].filter((name) => {
    const root = fleet.graph.roots.get(name);
    const pinned = pinnedRoot(fleet, name);
    return root !== undefined && pinned !== undefined && pinned.image !== formatImageRef(root.image);
  });
  // Otherwise the image that the blueprint no longer names would go on being built from, in silence.
  if (stale.length > 0)
    throw lockError(
      "LOCK_STALE",
      fleet,
      `pins another image as ${stale.join(", ")} than the blueprint names`,
    );
}

function lockError(code: "LOCK_MISSING" | "LOCK_STALE", { lockFile }: Fleet, what: string): FlowError {
  return new FlowError(code, `${lockFile} ${what}`, {
    hint: "run `lapstrake lock`, look at what it wrote, and commit it",
  });
}

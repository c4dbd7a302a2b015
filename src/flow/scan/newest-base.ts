import type { Digest } from "../../core/base/digest.ts";
import type { ImageNode } from "../../core/graph/image-graph.ts";
import type { Fleet } from "../load-fleet.ts";
import type { ScanTarget } from "./scan-target.ts";

/** The images that stand for the newest of each, and where they are from in words. */
export interface Newest {
  readonly digests: ReadonlyMap<string, Digest>;
  readonly of: string;
}

/** What an image should stand on: its parent of that release, or the root that is locked. */
export function newestBase(
  { lock, lockFile }: Pick<Fleet, "lock" | "lockFile">,
  { base }: ImageNode,
  { digests, of }: Newest,
): ScanTarget["newestBase"] {
  if (base === undefined) return undefined;
  if (base.kind === "image") {
    const digest = digests.get(base.name);
    return digest === undefined ? undefined : { digest, of };
  }
  const root = lock?.roots[base.name];
  return root === undefined || "unavailable" in root ? undefined : { digest: root.digest, of: lockFile };
}

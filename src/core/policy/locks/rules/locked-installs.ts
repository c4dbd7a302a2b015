import { digestOf } from "../../../base/digest.ts";
import type { SourcePosition } from "../../../base/error.ts";
import { canonicalJson } from "../../../base/json.ts";
import type { ImageNode } from "../../../graph/image-graph.ts";
import { type Reason, type Verdict, verdictOf } from "../../verdict.ts";
import type { ImageInstalls } from "../lock-uses.ts";
import { counted } from "./about.ts";

/** A file that pip is told to read, and that is nowhere in the tree. */
export interface LostLock {
  readonly written: string;
  readonly at: SourcePosition;
}

/** What an image installs with pip, it installs from a lock that can be looked at. */
export function installsVerdict(
  node: ImageNode,
  { uses, unlocked }: ImageInstalls,
  lost: readonly LostLock[],
): Verdict {
  const fails: Reason[] = unlocked.map(({ what, at }) => ({
    message: `pip installs ${what} by name: which file that is, nothing fixes`,
    at,
    hint: "put it into the image's .in file, resolve the lock, and install with --require-hashes -r LOCK",
  }));
  const unknown: Reason[] = lost.map(({ written, at }) => ({
    message: `pip installs from ${written}, which no COPY or bind mount brings from the tree`,
    at,
  }));
  const instructions = node.dockerfile.stages.flatMap((stage) =>
    stage.instructions.map((each) => each.canonical),
  );
  return verdictOf(
    {
      rule: "lock-installs",
      subject: { kind: "image", name: node.name },
      inputs: [{ name: node.declared.dockerfile, digest: digestOf(canonicalJson(instructions)) }],
    },
    { fails, unknown, holds: { message: `${counted(uses.length, "install")} by pip, each from a lock` } },
  );
}

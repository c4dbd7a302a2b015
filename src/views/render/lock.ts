import { shortDigest } from "../../core/base/digest.ts";
import type { Lock, LockedRoot } from "../../core/blueprint/lock.ts";
import { renderTable } from "./table.ts";

export interface LockView {
  readonly file: string;
  readonly lock: Lock;
  readonly changes: readonly {
    readonly root: string;
    readonly before: LockedRoot | undefined;
    readonly after: LockedRoot;
  }[];
  readonly indexMoved: boolean;
  readonly wrote: boolean;
  readonly kept: readonly { readonly root: string; readonly why: string }[];
}

/** What each root is pinned to, where it came from, and whether it moved. */
export function renderLock({ file, lock, changes, indexMoved, wrote, kept }: LockView): string {
  const rows = changes.map(({ root, before, after }) => [root, ...shown(after), moved(before, after)]);
  const apt = lock.index.apt;
  const index =
    apt === undefined
      ? []
      : [["package index", "apt", shortDigest(apt.digest), indexMoved ? "moved" : "unchanged"]];
  const end = wrote
    ? `wrote ${file}; review and commit it`
    : indexMoved || changes.some(({ before, after }) => moved(before, after) !== "unchanged")
      ? `${file} was not written`
      : `nothing moved; ${file} stays as it is`;
  const held = kept.map(({ root, why }) => `${root} keeps its pin: ${why}\n`);
  return `${renderTable([...rows, ...index])}\n\n${held.join("")}${end}\n`;
}

function shown(root: LockedRoot): string[] {
  if ("unavailable" in root) return ["unavailable", root.unavailable];
  return [root.source, shortDigest(root.digest)];
}

function moved(before: LockedRoot | undefined, after: LockedRoot): string {
  if (before === undefined) return "new";
  const [was, is] = [before, after].map((root) => ("unavailable" in root ? "unavailable" : root.digest));
  return was === is
    ? "unchanged"
    : `moved from ${before !== undefined && "digest" in before ? shortDigest(before.digest) : "unavailable"}`;
}

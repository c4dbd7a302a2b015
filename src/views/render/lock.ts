import { type Digest, shortDigest } from "../../core/base/digest.ts";
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
  readonly indexBefore: Digest | undefined;
  readonly wrote: boolean;
  readonly kept: readonly { readonly root: string; readonly why: string }[];
}

/** What each root is pinned to, where it came from, and whether it moved. */
export function renderLock({ file, lock, changes, indexBefore, wrote, kept }: LockView): string {
  const rows = changes.map(({ root, before, after }) => [root, ...shown(after), moved(before, after)]);
  const apt = lock.index.apt?.digest;
  const index =
    apt === undefined ? [] : [["package index", "apt", shortDigest(apt), change(indexBefore, apt)]];
  const end = wrote
    ? `wrote ${file}; review and commit it`
    : indexBefore !== apt || changes.some(({ before, after }) => moved(before, after) !== "unchanged")
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
  return change(pinOf(before) ?? "unavailable", pinOf(after) ?? "unavailable");
}

function pinOf(root: LockedRoot): Digest | undefined {
  return "digest" in root ? root.digest : undefined;
}

type Pin = Digest | "unavailable";

function change(before: Pin | undefined, after: Pin): string {
  if (before === undefined) return "new";
  if (before === after) return "unchanged";
  return `moved from ${before === "unavailable" ? before : shortDigest(before)}`;
}

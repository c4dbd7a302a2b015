import { type Digest, isDigest, shortDigest } from "../../core/base/digest.ts";
import type { EngineCell } from "../../core/inventory/compare-engine.ts";
import type { DriftClass } from "../../core/inventory/drift.ts";
import type { Inventory } from "../../core/inventory/inventory.ts";
import type { InventoryRow } from "../../core/inventory/row.ts";
import { formatBytes } from "./progress-text.ts";

/** How a row is shown: by its class, or as left out, where its release was asked for without it. */
export type ShownClass = DriftClass | "left-out";

export function shownClass({ drift, chosen }: Pick<InventoryRow, "drift" | "chosen">): ShownClass {
  return chosen ? "left-out" : drift;
}

/** As people read them, in the order in which they want to. */
export const CLASS_LABEL: Readonly<Record<ShownClass, string>> = {
  "in-step": "in step",
  "left-out": "left out",
  behind: "behind",
  ahead: "ahead",
  diverged: "diverged",
  "only-here": "only here",
  unknown: "unknown",
  foreign: "foreign",
  orphaned: "orphaned",
  unavailable: "unavailable root",
  "untagged-child": "untagged child",
};

export interface RowGroups {
  /** What the last release is made of. */
  readonly current: readonly InventoryRow[];
  /** Of ours, and not as it should be. */
  readonly other: readonly InventoryRow[];
  readonly foreign: readonly InventoryRow[];
  /** In step, and of no interest until one looks for it: older releases, build caches, content names, parts. */
  readonly quiet: readonly InventoryRow[];
}

export function groupRows({ rows }: Pick<Inventory, "rows">): RowGroups {
  const rest = rows.filter(({ current }) => !current);
  const isQuiet = ({ drift }: InventoryRow): boolean => drift === "in-step" || drift === "untagged-child";
  return {
    current: rows.filter(({ current }) => current),
    other: rest.filter((row) => !isQuiet(row) && row.drift !== "foreign"),
    foreign: rest.filter(({ drift }) => drift === "foreign"),
    quiet: rest.filter(isQuiet),
  };
}

export function digestText(digest: Digest | undefined): string {
  return digest === undefined ? "-" : shortDigest(digest);
}

/** `same` as released, another digest, `-` (not there) or `?` (no answer). */
export function registryText({ registry, released }: InventoryRow): string {
  if (registry.state !== "present") return registry.state === "absent" ? "-" : "?";
  return registry.digest === released ? "same" : shortDigest(registry.digest);
}

/** `same`, the other digest, `-` (not there) or `?` (nobody answered); and how many containers run it. */
export function engineText({ engine, registry, released }: EngineFacts): string {
  if (engine.state === "unknown") return "?";
  if (engine.state === "absent") return "-";
  const truth = released ?? (registry.state === "present" ? registry.digest : undefined);
  const isSame = truth !== undefined && (engine.drift === "in-step" || engine.digest === truth);
  const digest =
    engine.digest !== undefined && isDigest(engine.digest) ? shortDigest(engine.digest) : "other";
  return `${isSame ? "same" : digest}${engine.running > 0 ? `, ${engine.running} running` : ""}`;
}

type EngineFacts = Pick<InventoryRow, "registry" | "released"> & { readonly engine: EngineCell };

/** Of a line in a table: what was released, what each place has, and how big it is. */
export function placeCells(row: InventoryRow): readonly string[] {
  return [
    digestText(row.released),
    registryText(row),
    ...row.engines.map((engine) => engineText({ ...row, engine })),
    bytesText(row.compressed),
    bytesText(row.unique),
  ];
}

export function bytesText(bytes: number | undefined): string {
  return bytes === undefined ? "-" : formatBytes(bytes);
}

/** `13 in step, 2 behind`, the worst last. */
export function countText(rows: readonly InventoryRow[]): string {
  const counts = new Map<ShownClass, number>();
  for (const row of rows) counts.set(shownClass(row), (counts.get(shownClass(row)) ?? 0) + 1);
  // The keys of the record above are exactly these.
  const classes = (Object.keys(CLASS_LABEL) as ShownClass[]).filter((each) => counts.has(each));
  return classes.map((each) => `${counts.get(each)} ${CLASS_LABEL[each]}`).join(", ");
}

/** `1 image`, `2 images`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** A change of bytes with its sign. */
export function deltaText(bytes: number | undefined): string {
  if (bytes === undefined) return "?";
  return bytes === 0 ? "0 B" : `${bytes > 0 ? "+" : "-"}${formatBytes(Math.abs(bytes))}`;
}

import { type Digest, isDigest, shortDigest } from "../../core/base/digest.ts";
import type { EngineCell } from "../../core/inventory/compare-engine.ts";
import type { DriftClass } from "../../core/inventory/drift.ts";
import type { Inventory } from "../../core/inventory/inventory.ts";
import type { InventoryRow } from "../../core/inventory/row.ts";
import { formatBytes } from "./progress-text.ts";

/** The classes as people read them. */
export const CLASS_LABEL: Readonly<Record<DriftClass, string>> = {
  "in-step": "in step",
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

export function registryText({ registry }: InventoryRow): string {
  if (registry.state === "present") return shortDigest(registry.digest);
  return registry.state === "absent" ? "-" : "?";
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
  const counts = new Map<DriftClass, number>();
  for (const { drift } of rows) counts.set(drift, (counts.get(drift) ?? 0) + 1);
  // The labels stand in the order in which people want to read them.
  const classes = (Object.keys(CLASS_LABEL) as DriftClass[]).filter((drift) => counts.has(drift));
  return classes.map((drift) => `${counts.get(drift)} ${CLASS_LABEL[drift]}`).join(", ");
}

/** A change of bytes with its sign. */
export function deltaText(bytes: number | undefined): string {
  if (bytes === undefined) return "?";
  return bytes === 0 ? "0 B" : `${bytes > 0 ? "+" : "-"}${formatBytes(Math.abs(bytes))}`;
}

import type { GateFinding, ScanReport, UsedSource, WaiverUse } from "../../core/policy/gates/gate.ts";
import { counted } from "./inventory-cells.ts";

export type FindingState = "denied" | "error" | "unknown" | "waived" | "note";

/** What a finding does. */
export function findingState({ level, waiver }: GateFinding): FindingState {
  if (level === "note") return "note";
  if (waiver !== undefined) return "waived";
  return level === "deny" ? "denied" : level;
}

/** `judged as of 2024-10-10: no current verdict`, where the policy names the day. */
export function asOfText({ asOf, pinned }: ScanReport): string {
  return pinned ? `judged as of ${asOf}: no current verdict` : `judged on ${asOf}`;
}

export function titleOf({ fleet, release }: ScanReport): string {
  return release === null ? `Gates of ${fleet}` : `Gates of ${fleet}, release ${release}`;
}

const DAY_MS = 86_400_000;

/** Days from the day of judgement to the last day of a waiver; negative where it is over. */
export function daysLeft({ until }: Pick<WaiverUse, "until">, asOf: string): number {
  return Math.round((Date.parse(`${until}T00:00:00Z`) - Date.parse(`${asOf}T00:00:00Z`)) / DAY_MS);
}

/** What somebody has to do something about comes first. */
const WAIVER_ORDER = [
  "expired",
  "unused",
  "pending",
  "used",
] as const satisfies readonly WaiverUse["state"][];

export function inWaiverOrder(waivers: readonly WaiverUse[]): readonly WaiverUse[] {
  return WAIVER_ORDER.flatMap((state) => waivers.filter((waiver) => waiver.state === state));
}

/** `not begun until 2026-05-01`, `51 days left`, `ends today`, `expired 9 days ago`. */
export function waiverDaysText(waiver: Pick<WaiverUse, "from" | "until" | "state">, asOf: string): string {
  if (waiver.state === "pending") return `not begun until ${waiver.from}`;
  const days = daysLeft(waiver, asOf);
  if (Number.isNaN(days)) return "nobody knows for how long";
  if (days === 0) return "ends today";
  return days > 0 ? `${counted(days, "day")} left` : `expired ${counted(-days, "day")} ago`;
}

/** `database of 2024-10-09 (1 day old), 2,661 records, from exports/`, or why there is none. */
export function sourceText({ state, why, database }: UsedSource): string {
  const reason = why === undefined ? [] : [why];
  if (database === undefined)
    return [...reason, ...(state === "scanned" ? ["its database is not known"] : [])].join("; ");
  const { records, updatedAt, ageDays, from } = database;
  const count = records === undefined ? "" : `, ${records.toLocaleString("en-US")} records`;
  const day = `database of ${updatedAt.slice(0, 10)} (${ageText(ageDays)})`;
  return [...reason, `${day}${count}, from ${from}`].join("; ");
}

/** A database is looked into as it is; the day of judgement may be an older one. */
function ageText(days: number): string {
  return days < 0 ? "newer than the day of judgement" : `${counted(days, "day")} old`;
}

/** Findings that block nothing, each counted for every image that has it. */
export function countNotes({ images }: Pick<ScanReport, "images">): number {
  return images
    .flatMap(({ verdicts }) => verdicts.flatMap(({ findings }) => findings))
    .filter(({ level }) => level === "note").length;
}

/** `a, b and 3 more`. */
export function listOf(names: readonly string[], most = 3): string {
  if (names.length > most + 1) return `${names.slice(0, most).join(", ")} and ${names.length - most} more`;
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} and ${last}`;
}

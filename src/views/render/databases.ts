import type { Digest } from "../../core/base/digest.ts";
import { printable } from "./printable.ts";
import { renderTable } from "./table.ts";

interface DatabaseView {
  readonly digest: Digest;
  readonly records: number;
  readonly newest: number;
  readonly importedAt: number;
  readonly ecosystems: Readonly<Record<string, number>>;
  readonly sources: readonly { readonly from: string; readonly bytes: Digest }[];
  readonly purpose: "update" | "export";
}

interface DatabasesView {
  readonly databases: readonly DatabaseView[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

interface ImportView {
  readonly database: DatabaseView;
  readonly before: DatabaseView | undefined;
  readonly now: number;
}

interface CheckView {
  readonly database: DatabaseView;
  readonly wrong: string | undefined;
}

const DAY = 86_400_000;

/** Each with its digest, its knowledge and where it is from; the newest first. */
export function renderDatabases({ databases, now }: DatabasesView): string {
  if (databases.length === 0)
    return "No database of advisories is kept on this machine: lapstrake db update [SOURCE…]\n";
  return databases.map((each) => `${each.digest}\n${factsOf(each, now)}\n`).join("\n");
}

function factsOf(database: DatabaseView, now: number): string {
  const { records, newest, importedAt, ecosystems, sources, purpose } = database;
  const kept = Object.entries(ecosystems).map(([name, count]) => `${count} of ${printable(name)}`);
  const rows = [
    ["records", `${records}; kept: ${kept.length === 0 ? "none" : kept.join(", ")}`],
    ["newest", `${timeText(newest)}, ${ageText(newest, now)}`],
    [purpose === "update" ? "fetched" : "read", timeText(importedAt)],
    ...sources.map(({ from, bytes }) => ["from", `${printable(from)} (${bytes})`]),
  ];
  return renderTable(rows.map(([name = "", value = ""]) => [`  ${name}`, value]));
}

export function renderImport({ database, before, now }: ImportView): string {
  const change =
    before === undefined
      ? "New here."
      : before.digest === database.digest
        ? "The same records as before."
        : `Before: ${before.digest}, ${before.records} records, newest ${timeText(before.newest)}.`;
  // A mirror that fell behind, or somebody who wants old news to be believed.
  const older =
    before !== undefined && database.newest < before.newest
      ? "\nIts newest record is older than that of the one before: is the source up to date?"
      : "";
  return `${database.digest}\n${factsOf(database, now)}\n${change}${older}\n`;
}

export function renderChecks(checks: readonly CheckView[]): string {
  if (checks.length === 0) return "No database of advisories is kept on this machine.\n";
  const rows = checks.map(({ database, wrong }) => [
    database.digest,
    wrong === undefined ? "every byte is what was kept" : printable(wrong),
  ]);
  return `${renderTable(rows)}\n`;
}

function timeText(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}

function ageText(ms: number, now: number): string {
  const days = daysOf(ms, now);
  return days < 0 ? "in the future" : days === 1 ? "1 day ago" : `${days} days ago`;
}

/** Whole days, rounded down. */
function daysOf(ms: number, now: number): number {
  return Math.floor((now - ms) / DAY);
}

function databaseJson(database: DatabaseView, now: number) {
  const { digest, records, newest, importedAt, ecosystems, sources, purpose } = database;
  return {
    digest,
    records,
    ecosystems,
    newest: new Date(newest).toISOString(),
    ageDays: daysOf(newest, now),
    importedAt: new Date(importedAt).toISOString(),
    purpose,
    sources: sources.map(({ from, bytes }) => ({ from, bytes })),
  };
}

/** `db status --json`: version 1. */
export function databasesJson({ databases, now }: DatabasesView) {
  return { version: 1, databases: databases.map((each) => databaseJson(each, now)) };
}

/** `db update --json`: version 1. `before` is null where none of these sources was kept. */
export function importJson({ database, before, now }: ImportView) {
  return {
    version: 1,
    database: databaseJson(database, now),
    before: before === undefined ? null : databaseJson(before, now),
  };
}

/** `db verify --json`: version 1. `wrong` is null where every byte is what was kept. */
export function checksJson(checks: readonly CheckView[]) {
  return {
    version: 1,
    checks: checks.map(({ database, wrong }) => ({ digest: database.digest, wrong: wrong ?? null })),
  };
}

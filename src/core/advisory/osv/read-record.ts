import { canonicalName } from "../../audit/python/canonical-name.ts";
import type { Json } from "../../base/json.ts";
import { Cursor } from "./cursor.ts";
import { parseInstant } from "./instant.ts";
import {
  EVENT_KINDS,
  type OsvAffected,
  type OsvEvent,
  type OsvPackage,
  type OsvRange,
  type OsvRecord,
  type OsvSeverity,
  RANGE_TYPES,
} from "./record.ts";
import type { RecordText } from "./record-text.ts";

/** Ids go into reports, waivers and paths of pages. */
const ID = /^[!-~]{1,200}$/;
/** Nothing that a terminal or a log would obey. */
const NAME = /^\P{Cc}{1,1000}$/u;
const ANY = /^/;
const LONGEST_SUMMARY = 240;

/**
 * One record, of its JSON. Members that the schema does not have are left alone; those that it has are of its shape, or
 * AdvisoryError ADVISORY_INVALID says where.
 */
export function readRecord(json: Json, place: Pick<RecordText, "file" | "line">): OsvRecord {
  const record = Cursor.of(json, place);
  const id = record.member("id").text(ID, "an id of printable characters");
  record.named(id);
  const version = record.member("schema_version").optional()?.text(ANY, "a version of the schema");
  if (version !== undefined && !version.startsWith("1."))
    record.member("schema_version").fail("a version 1.x of the schema");
  return {
    id,
    modified: instant(record.member("modified")),
    published: optionalInstant(record.member("published")),
    withdrawn: optionalInstant(record.member("withdrawn")),
    aliases: ids(record.member("aliases")),
    upstream: ids(record.member("upstream")),
    related: ids(record.member("related")),
    summary: summaryOf(record),
    severity: record.member("severity").list().map(severityOf),
    severityWord: wordOf(record.member("database_specific"), "severity"),
    affected: record.member("affected").list().map(affectedOf),
  };
}

function instant(at: Cursor): number {
  return parseInstant(at.text(ANY, "a time")) ?? at.fail("a time in UTC, such as 2024-10-10T12:00:00Z");
}

function optionalInstant(at: Cursor): number | undefined {
  return at.isThere ? instant(at) : undefined;
}

function ids(at: Cursor): readonly string[] {
  return at.list().map((each) => each.text(ID, "an id of printable characters"));
}

/** Its own line, else the first of the details. */
function summaryOf(record: Cursor): string {
  const [summary = "", details = ""] = ["summary", "details"].map((key) =>
    record.member(key).optional()?.text(ANY, "text"),
  );
  const line = summary.trim() === "" ? (details.trim().split("\n", 1)[0] ?? "") : summary;
  return line
    .slice(0, 4 * LONGEST_SUMMARY)
    .replaceAll(/[\p{Cc}\p{Surrogate}\s]+/gu, " ")
    .trim()
    .slice(0, LONGEST_SUMMARY);
}

function severityOf(at: Cursor): OsvSeverity {
  return {
    type: at.member("type").text(NAME, "the type of a severity"),
    score: at.member("score").text(ANY, "a score, as text"),
  };
}

/** What databases put there is their own affair: any other type than text says nothing. */
function wordOf(at: Cursor, key: string): string | undefined {
  const word = at.optional()?.member(key).optional();
  return word?.isText === true ? word.text(ANY, "text") : undefined;
}

function affectedOf(at: Cursor): OsvAffected {
  const own = at.member("ecosystem_specific");
  return {
    package: at.member("package").isThere ? packageOf(at.member("package")) : undefined,
    severity: at.member("severity").list().map(severityOf),
    severityWord: wordOf(own, "severity") ?? wordOf(at.member("database_specific"), "severity"),
    urgency: wordOf(own, "urgency"),
    ranges: at.member("ranges").list().map(rangeOf),
    versions: at
      .member("versions")
      .list()
      .map((each) => each.text(NAME, "a version")),
  };
}

/** Names of Python are compared in one spelling. */
function packageOf(at: Cursor): OsvPackage {
  const ecosystem = at.member("ecosystem").text(NAME, "the name of an ecosystem");
  const name = at.member("name").text(NAME, "the name of a package");
  return { ecosystem, name: ecosystem === "PyPI" ? canonicalName(name) : name };
}

function rangeOf(at: Cursor): OsvRange {
  const type = at.member("type").text(NAME, "the type of a range");
  const known = RANGE_TYPES.find((each) => each === type);
  const events = at.member("events").list().map(eventOf);
  if (!events.some(([kind]) => kind === "introduced"))
    at.member("events").fail("an event that introduces the vulnerability");
  return { type: known ?? at.member("type").fail(`one of ${RANGE_TYPES.join(", ")}`), events };
}

/** "Only a single type is allowed in each event object." */
function eventOf(at: Cursor): OsvEvent {
  const kinds = EVENT_KINDS.filter((kind) => at.member(kind).isThere);
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1) return at.fail(`one of ${EVENT_KINDS.join(", ")}`);
  return [kind, at.member(kind).text(NAME, "a version")];
}

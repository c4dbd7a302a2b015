import { advisoriesOf } from "../../src/core/advisory/osv/advisories-of.ts";
import type { Advisory, AdvisoryIndex } from "../../src/core/advisory/osv/advisory.ts";
import { readRecord } from "../../src/core/advisory/osv/read-record.ts";
import { parseStrictJson } from "../../src/core/advisory/osv/strict-json.ts";
import type { SbomComponent } from "../../src/core/audit/sbom/sbom.ts";
import type { Json } from "../../src/core/base/json.ts";

type JsonObject = { readonly [key: string]: Json | undefined };

/** A record of a package of Python that affects versions below 2; `members` replace. */
export function osvRecord(members: JsonObject = {}): JsonObject {
  return {
    schema_version: "1.7.0",
    id: "PYSEC-2024-1",
    modified: "2024-05-02T00:00:00Z",
    published: "2024-05-01T00:00:00Z",
    affected: [affecting("PyPI", "demo", { introduced: "0" }, { fixed: "2" })],
    ...members,
  };
}

/** One of `affected`, with one range. */
export function affecting(ecosystem: string, name: string, ...events: readonly JsonObject[]): JsonObject {
  return { package: { ecosystem, name }, ranges: [{ type: "ECOSYSTEM", events }] };
}

export function read(record: Json) {
  const text = JSON.stringify(record);
  const place = { file: "export.jsonl", line: 7, text };
  return readRecord(parseStrictJson(place), place);
}

/** An index in memory, as a database gives it. */
export function indexOf(records: readonly Json[]): AdvisoryIndex {
  const found = new Map<string, Advisory[]>();
  const ecosystems = new Set<string>();
  for (const { key, advisory } of records.flatMap((record) => advisoriesOf(read(record)))) {
    const place = `${key.ecosystem} ${key.name}`;
    found.set(place, [...(found.get(place) ?? []), advisory]);
    ecosystems.add(key.ecosystem);
  }
  return { ecosystems, find: ({ ecosystem, name }) => found.get(`${ecosystem} ${name}`) ?? [] };
}

export function pypiComponent(name: string, version: string): SbomComponent {
  const purl = `pkg:pypi/${name}@${version}`;
  return { ...BARE, id: purl, ecosystem: "pypi", name, version, purl, about: {} };
}

export function debComponent(name: string, version: string, source = { name, version }): SbomComponent {
  const purl = `pkg:deb/debian/${name}@${version}`;
  const about = { "deb:source": source.name, "deb:source-version": source.version };
  return { ...BARE, id: purl, ecosystem: "deb", name, version, purl, about };
}

const BARE = { licences: [], files: [], dependsOn: [], broughtBy: undefined } as const;

import { type DatabaseLine, dpkgInvalid, shown } from "./invalid.ts";
import type { Alternatives, Provided, Relation, VersionOperator } from "./package-database.ts";
import type { Field, Stanza } from "./read-deb822.ts";

/** Name, architecture, operator, version; restrictions by architecture and profile stand in sources only and are passed over. */
const RELATION =
  /^([A-Za-z0-9][A-Za-z0-9+._-]*)(?::([A-Za-z0-9-]+))? ?(?:\( ?(<<|<=|<|=|>=|>>|>)? ?([^ ()<=>|,]+) ?\) ?)?(?:\[[^\]]*\] ?)?(?:<[^>]*> ?)*$/;

const MAX_RELATION = 1000;

/** `<` and `>` of old packages mean what they meant then; no operator is `=`. */
const OPERATORS: Readonly<Record<string, VersionOperator>> = {
  "<<": "<<",
  "<=": "<=",
  "<": "<=",
  "=": "=",
  ">=": ">=",
  ">": ">=",
  ">>": ">>",
};

/** `Depends`, `Recommends`, …; empty where the field is missing. Throws AuditError DPKG_INVALID. */
export function relationsOf(stanza: Stanza, field: string): readonly Alternatives[] {
  const found = stanza.fields.get(field);
  if (found === undefined) return [];
  return parseRelations(found, { file: stanza.file, line: found.line });
}

/** `Provides`: versions with `=` only, as dpkg has it. Throws AuditError DPKG_INVALID. */
export function providesOf(stanza: Stanza): readonly Provided[] {
  return relationsOf(stanza, "provides").flatMap((alternatives) =>
    alternatives.map(({ name, version }) =>
      version?.operator === "=" ? { name, version: version.version } : { name },
    ),
  );
}

function parseRelations({ value }: Field, place: DatabaseLine): readonly Alternatives[] {
  const found: Relation[][] = [];
  for (const group of value.split(",")) {
    if (group.trim() === "") continue;
    found.push(group.split("|").map((text) => parseRelation(text, place)));
  }
  return found;
}

function parseRelation(written: string, place: DatabaseLine): Relation {
  // The pattern would try every way to share out a long run of spaces.
  const text = written.length > MAX_RELATION ? "" : written.replaceAll(/\s+/g, " ").trim();
  const parts = RELATION.exec(text);
  if (parts === null) throw dpkgInvalid(`"${shown(written.trim())}" is no relation to a package`, place);
  const [, name = "", architecture, operator = "=", version] = parts;
  return {
    name,
    ...(architecture === undefined ? {} : { architecture }),
    ...(version === undefined ? {} : { version: { operator: OPERATORS[operator] ?? "=", version } }),
  };
}

import type { Alternatives, Relation } from "./package-database.ts";

/** A package of an image depends on some dozens; one that needs every locale or font on some hundred. */
const MAX_RELATIONS = 5000;

/** `a (>= 1) | b:any, c` (deb-control(5)). What is no relation is passed over, as apt does. */
export function parseRelations(text: string | undefined): readonly Alternatives[] {
  if (text === undefined) return [];
  return text
    .split(",", MAX_RELATIONS)
    .map((group) => group.split("|").flatMap((each) => relationOf(each) ?? []))
    .filter((group) => group.length > 0);
}

const OPERATORS: Readonly<Record<string, NonNullable<Relation["version"]>["operator"]>> = {
  "<<": "<<",
  "<=": "<=",
  "=": "=",
  ">=": ">=",
  ">>": ">>",
  // What they meant before there were doubled ones.
  "<": "<=",
  ">": ">=",
};

function relationOf(text: string): Relation | undefined {
  const found =
    /^\s*([a-z0-9][a-z0-9+.-]*)(?::([a-z0-9-]+))?\s*(?:\(\s*(<<|<=|=|>=|>>|<|>)\s*([^)\s]+)\s*\))?/i.exec(
      text,
    );
  const name = found?.[1];
  if (name === undefined) return undefined;
  const operator = OPERATORS[found?.[3] ?? ""];
  const version = found?.[4];
  return {
    name,
    ...(found?.[2] === undefined ? {} : { architecture: found[2] }),
    ...(operator === undefined || version === undefined ? {} : { version: { operator, version } }),
  };
}

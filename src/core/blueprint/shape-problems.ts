import type { z } from "zod";
import { describePath, describeValue } from "./describe-value.ts";
import type { Problem } from "./error.ts";
import { alternatives, childSchema, type JsonSchema } from "./json-schema.ts";
import type { Nearest } from "./nearest.ts";
import { lookUp, type Path, pointer } from "./positions.ts";
import type { Source } from "./source.ts";

type Issue = z.core.$ZodIssue;

const TYPES: Readonly<Record<string, string>> = {
  string: "text",
  int: "a whole number",
  number: "a number",
  boolean: "true or false",
  object: "a map",
  record: "a map",
  array: "a list",
};

export interface ShapeContext {
  /** Made only where a problem needs it: it takes longer than reading a good file. */
  readonly schema: () => JsonSchema;
  readonly nearest: Nearest;
}

/** What a shape refused, as problems with positions: what was expected, what was found, and what was meant. */
export function shapeProblems(
  issues: readonly Issue[],
  source: Source,
  context: ShapeContext,
): readonly Problem[] {
  const seen = new Set<string>();
  let schema: JsonSchema | undefined;
  return issues.flatMap(innermost).flatMap((issue) => {
    const path = pathOf(issue);
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) =>
        unknownKey([...path, key], source, { ...context, schema: () => (schema ??= context.schema()) }),
      );
    }
    // One value can fail several checks of its shape; the first says enough.
    const id = pointer(path);
    if (seen.has(id)) return [];
    seen.add(id);
    return [
      isMissing(path, source.value) ? missing(path, source) : wrongValue(issue, source, context.nearest),
    ];
  });
}

/** Of a value that fits no alternative, what the alternative that it fits best refuses. */
function innermost(issue: Issue): readonly Issue[] {
  if (issue.code !== "invalid_union" || ours(issue) !== undefined) return [issue];
  const [best] = [...issue.errors].sort((a, b) => misfit(a) - misfit(b) || a.length - b.length);
  if (best === undefined || best.length === 0) return [issue];
  return best.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
}

/** 1 where the value is not even of the alternative's kind: a text where a map is meant. */
function misfit(issues: readonly Issue[]): 0 | 1 {
  return issues.some(({ code, path }) => code === "invalid_type" && path.length === 0) ? 1 : 0;
}

function unknownKey(path: Path, source: Source, context: ShapeContext): Problem {
  const parent = path.slice(0, -1);
  const key = String(path.at(-1));
  const schema = schemaAt(parent, source.value, context.schema());
  const known = Object.keys(schema?.properties ?? {});
  const near = context.nearest.to(key, known);
  const where = parent.length === 0 ? "" : ` of ${describePath(parent)}`;
  const what = schema?.title !== undefined && parent.length > 0 ? `, ${schema.title}` : "";
  return {
    code: "BLUEPRINT_UNKNOWN_KEY",
    message: `found the unknown key ${describeValue(key)}${where}${what}`,
    at: keyPlace(source, path),
    hint: near === undefined ? `keys here: ${known.join(", ")}` : `did you mean "${near}"?`,
  };
}

function missing(path: Path, source: Source): Problem {
  const parent = path.slice(0, -1);
  const where = parent.length === 0 ? "" : ` in ${describePath(parent)}`;
  return {
    code: "BLUEPRINT_MISSING",
    message: `expected the key "${path.at(-1)}"${where}, found none`,
    at: lookUp(source.file, source.positions, parent),
  };
}

function wrongValue(issue: Issue, source: Source, nearest: Nearest): Problem {
  const path = pathOf(issue);
  const isKey = issue.code === "invalid_key";
  const literal = source.literals[pointer(path)];
  const value = isKey ? String(path.at(-1)) : valueAt(source.value, path);
  const expected = expectation(issue);
  const hint = hintOf(issue, value, literal) ?? meant(issue, value, nearest);
  const where = isKey ? describePath(path.slice(0, -1)) : describePath(path);
  return {
    code: "BLUEPRINT_VALUE",
    message: `${where === "" ? "" : `${where}: `}expected ${expected}, found ${describeValue(value, literal)}`,
    at: isKey ? keyPlace(source, path) : lookUp(source.file, source.positions, path),
    ...(hint === undefined ? {} : { hint }),
  };
}

/** Completes "expected ...". Our own shapes say it as the message of the issue. */
function expectation(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      return ours(issue) ?? TYPES[issue.expected] ?? issue.expected;
    case "invalid_value":
      return issue.values
        .map((value) => (typeof value === "string" ? `"${value}"` : String(value)))
        .join(" or ");
    case "too_small":
      return issue.origin === "array"
        ? "a list with an entry"
        : `at least ${issue.minimum}${unit(issue.origin)}`;
    case "too_big":
      return ours(issue) ?? `at most ${issue.maximum}${unit(issue.origin)}`;
    case "invalid_key":
      return issue.issues[0]?.message ?? "another key";
    case "invalid_union":
      if (issue.discriminator === undefined) return issue.message;
      return wordsOf(issue).length === 0 ? "true or false" : `a known ${issue.discriminator}`;
    default:
      return issue.message;
  }
}

function unit(origin: string): string {
  return origin === "string" ? " characters" : "";
}

// zod's own messages begin so; ours complete the sentence.
function ours(issue: Issue): string | undefined {
  return /^(?:Too |Invalid input)/.test(issue.message) ? undefined : issue.message;
}

function hintOf(issue: Issue, value: unknown, literal: string | undefined): string | undefined {
  if (issue.code === "custom") {
    const hint: unknown = issue.params?.["hint"];
    return typeof hint === "string" ? hint : undefined;
  }
  const wantsText = issue.code === "invalid_type" && issue.expected === "string" && ours(issue) === undefined;
  if (wantsText && literal !== undefined) return `put it in quotes: "${literal}"`;
  const wantsBoolean = issue.code === "invalid_type" && issue.expected === "boolean";
  const wantsFlag = issue.code === "invalid_union" && wordsOf(issue).length === 0;
  if ((wantsBoolean || wantsFlag) && typeof value === "string") {
    return /^(?:yes|on|true)$/i.test(value) ? "write true" : "write true or false, without quotes";
  }
  return undefined;
}

function meant(issue: Issue, value: unknown, nearest: Nearest): string | undefined {
  if (typeof value !== "string") return undefined;
  if (issue.code === "invalid_union") {
    const words = wordsOf(issue);
    const near = nearest.to(value, words);
    if (near !== undefined) return `did you mean "${near}"?`;
    return words.length === 0 ? undefined : `there are ${words.join(", ")}`;
  }
  if (issue.code !== "invalid_value") return undefined;
  if (issue.values.some((candidate) => String(candidate) === value)) return "write it without quotes";
  const candidates = issue.values.filter((candidate) => typeof candidate === "string");
  const near = nearest.to(value, candidates);
  return near === undefined ? undefined : `did you mean "${near}"?`;
}

/** The texts that tell the alternatives apart; none where a flag does. */
function wordsOf(issue: Issue & { readonly code: "invalid_union" }): readonly string[] {
  const options: unknown = "options" in issue ? issue.options : [];
  return Array.isArray(options) ? options.filter((option) => typeof option === "string") : [];
}

function pathOf(issue: Issue): Path {
  return issue.path.filter((part) => typeof part !== "symbol");
}

function keyPlace(source: Source, path: Path): Problem["at"] {
  return lookUp(source.file, source.keys, path);
}

function isMissing(path: Path, root: unknown): boolean {
  const key = path.at(-1);
  const parent = valueAt(root, path.slice(0, -1));
  return typeof key === "string" && isRecord(parent) && !Object.hasOwn(parent, key);
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const part of path) {
    if (Array.isArray(value) && typeof part === "number") value = value[part];
    else if (isRecord(value) && Object.hasOwn(value, part)) value = value[part];
    else return undefined;
  }
  return value;
}

/** The schema that applies at a path; among alternatives the one whose constants the value has. */
function schemaAt(path: Path, root: unknown, schema: JsonSchema): JsonSchema | undefined {
  let at: JsonSchema | undefined = schema;
  for (let length = 1; length <= path.length; length++) {
    const child: JsonSchema | undefined = childSchema(at, path[length - 1] ?? "");
    if (child === undefined) return undefined;
    const options = alternatives(child);
    const value = valueAt(root, path.slice(0, length));
    at = options.find((option) => hasConstants(value, option)) ?? options[0];
  }
  return at;
}

function hasConstants(value: unknown, schema: JsonSchema): boolean {
  if (!isRecord(value)) return false;
  return Object.entries(schema.properties ?? {}).every(
    ([key, child]) =>
      child.const === undefined ||
      value[key] === child.const ||
      (value[key] === undefined && schema.required?.includes(key) !== true),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string | number, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

import { parseSpecifiers, type Specifier } from "../../advisory/pep440/specifier.ts";
import { canonicalName } from "../../audit/python/canonical-name.ts";
import type { SourcePosition } from "../../base/error.ts";
import type { Comment } from "./logical-lines.ts";

/** `--hash=ALGORITHM:HEX`, each as written. */
export interface LockedHash {
  readonly algorithm: string;
  readonly hex: string;
  readonly at: SourcePosition;
}

/** One requirement of a requirements file. */
export interface Requirement {
  /** Normalised. */
  readonly name: string;
  readonly extras: readonly string[];
  readonly specifiers: readonly Specifier[];
  /** The text after `@`, where it has one. */
  readonly url: string | undefined;
  /** The text after `;`. */
  readonly marker: string | undefined;
  readonly hashes: readonly LockedHash[];
  readonly comments: readonly Comment[];
  readonly at: SourcePosition;
}

export interface ParsedName {
  readonly name: string;
  readonly extras: readonly string[];
  readonly specifiers: readonly Specifier[];
  readonly url: string | undefined;
  readonly marker: string | undefined;
}

/** Reads `name[extra]>=1,<2 ; marker` or `name @ url ; marker` (PEP 508). Undefined where the text is neither. */
export function parseRequirement(text: string): ParsedName | undefined {
  const head = /^\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?\s*/.exec(text);
  const written = head?.[1];
  if (head === null || written === undefined) return undefined;
  const rest = text.slice(head[0].length);
  const extras = (head[2] ?? "").split(",").map((extra) => extra.trim());
  const named = { name: canonicalName(written), extras: extras.filter((extra) => extra !== "") };
  if (rest.startsWith("@")) {
    const { before, marker } = cutMarker(rest.slice(1), / ;/);
    return before === "" ? undefined : { ...named, specifiers: [], url: before, marker };
  }
  const { before, marker } = cutMarker(rest, /;/);
  const inner = /^\((.*)\)$/.exec(before)?.[1] ?? before;
  const specifiers = parseSpecifiers(inner);
  return specifiers === undefined ? undefined : { ...named, specifiers, url: undefined, marker };
}

/** A URL may hold a semicolon: its marker begins after white space only. */
function cutMarker(text: string, separator: RegExp): { before: string; marker: string | undefined } {
  const at = text.search(separator);
  if (at < 0) return { before: text.trim(), marker: undefined };
  return { before: text.slice(0, at).trim(), marker: text.slice(text.indexOf(";", at) + 1).trim() };
}

import { type Digest, shortDigest } from "../base/digest.ts";
import { canonicalJson, type Json } from "../base/json.ts";
import type { IdentityDocument } from "../graph/identity.ts";

/** One thing that moved an identity between two documents of the same image. */
export type Reason =
  | { readonly kind: "first" }
  | { readonly kind: "not-in-registry" }
  | {
      readonly kind: "file";
      readonly change: "added" | "removed" | "content" | "mode" | "type";
      readonly context: string;
      readonly path: string;
    }
  | { readonly kind: "instruction"; readonly change: "added" | "removed"; readonly text: string }
  | { readonly kind: "arg"; readonly name: string; readonly before?: string; readonly after?: string }
  | { readonly kind: "parent"; readonly name: string; readonly before?: Digest; readonly after?: Digest }
  | { readonly kind: "parent-pending"; readonly name: string }
  | {
      readonly kind: "setting";
      readonly name: "target" | "platforms" | "compression" | "frontend" | "secretIds" | "scheme";
      readonly before: string;
      readonly after: string;
    }
  | { readonly kind: "index"; readonly before?: Digest; readonly after?: Digest };

/** Every difference between two identity documents, most telling first; empty only where the identities are equal. */
export function diffIdentity(before: IdentityDocument, after: IdentityDocument): readonly Reason[] {
  return [
    ...diffParents(before, after),
    ...diffFiles(before, after),
    ...diffInstructions(before, after),
    ...diffArgs(before, after),
    ...diffIndex(before, after),
    ...diffSettings(before, after),
  ];
}

function diffParents(before: IdentityDocument, after: IdentityDocument): Reason[] {
  return changedKeys(before.parents, after.parents).map((name) => ({
    kind: "parent",
    name,
    ...pair(own(before.parents, name), own(after.parents, name)),
  }));
}

function diffArgs(before: IdentityDocument, after: IdentityDocument): Reason[] {
  return changedKeys(before.args, after.args).map((name) => ({
    kind: "arg",
    name,
    ...pair(own(before.args, name), own(after.args, name)),
  }));
}

function diffFiles(before: IdentityDocument, after: IdentityDocument): Reason[] {
  const old = new Map(before.files.map((file) => [`${file[0]}\0${file[1]}`, file]));
  const reasons: Reason[] = [];
  for (const file of after.files) {
    const [context, path, type, mode, digest] = file;
    const was = old.get(`${context}\0${path}`);
    old.delete(`${context}\0${path}`);
    if (was === undefined) reasons.push({ kind: "file", change: "added", context, path });
    else if (was[2] !== type) reasons.push({ kind: "file", change: "type", context, path });
    else if (was[4] !== digest) reasons.push({ kind: "file", change: "content", context, path });
    else if (was[3] !== mode) reasons.push({ kind: "file", change: "mode", context, path });
  }
  for (const [context, path] of old.values())
    reasons.push({ kind: "file", change: "removed", context, path });
  return reasons;
}

/** Lines that are only in one of the two, counted as a multiset: a moved line shows as removed and added. */
function diffInstructions(before: IdentityDocument, after: IdentityDocument): Reason[] {
  if (canonicalJson(before.instructions) === canonicalJson(after.instructions)) return [];
  const removed = subtract(before.instructions, after.instructions);
  const added = subtract(after.instructions, before.instructions);
  if (removed.length + added.length === 0)
    return [{ kind: "instruction", change: "added", text: "(same instructions, another order)" }];
  return [
    ...removed.map((text) => ({ kind: "instruction", change: "removed", text }) as const),
    ...added.map((text) => ({ kind: "instruction", change: "added", text }) as const),
  ];
}

function subtract(from: readonly Json[], what: readonly Json[]): string[] {
  const counts = new Map<string, number>();
  for (const line of what) counts.set(canonicalJson(line), (counts.get(canonicalJson(line)) ?? 0) + 1);
  return from.map(canonicalJson).filter((text) => {
    const left = counts.get(text) ?? 0;
    counts.set(text, left - 1);
    return left <= 0;
  });
}

function diffIndex(before: IdentityDocument, after: IdentityDocument): Reason[] {
  if (before.index === after.index) return [];
  return [{ kind: "index", ...pair(before.index ?? undefined, after.index ?? undefined) }];
}

function diffSettings(before: IdentityDocument, after: IdentityDocument): Reason[] {
  const names = ["target", "platforms", "compression", "frontend", "secretIds", "scheme"] as const;
  return names.flatMap((name) => {
    const [was, is] = [before[name], after[name]];
    // Compared as they are hashed: as text, a list of "a,b" would be one of "a" and "b".
    if (canonicalJson(was) === canonicalJson(is)) return [];
    return [{ kind: "setting", name, before: settingText(was), after: settingText(is) } as const];
  });
}

function settingText(value: string | number | null | readonly string[]): string {
  if (value === null) return "(none)";
  return typeof value === "object" ? value.join(", ") : String(value);
}

function changedKeys(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].sort().filter((key) => own(before, key) !== own(after, key));
}

/** An argument may be called `constructor`. */
function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function pair<T>(before: T | undefined, after: T | undefined): { before?: T; after?: T } {
  return { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
}

/** One line for people. */
export function formatReason(reason: Reason): string {
  switch (reason.kind) {
    case "first":
      return "no earlier build of it is known here";
    case "not-in-registry":
      return "the registry does not hold it (same identity as last time)";
    case "file":
      return `file ${reason.context === "" ? "" : `${reason.context}:`}${reason.path} ${FILE_CHANGE[reason.change]}`;
    case "instruction":
      return `instruction ${reason.change}: ${spoken(reason.text)}`;
    case "arg":
      return `argument ${reason.name}: ${reason.before ?? "(unset)"} -> ${reason.after ?? "(unset)"}`;
    case "parent":
      return `parent ${reason.name} moved ${shown(reason.before)} -> ${shown(reason.after)}`;
    case "parent-pending":
      return `parent ${reason.name} will be built`;
    case "setting":
      return `${reason.name}: ${reason.before} -> ${reason.after}`;
    case "index":
      return `package index in lapstrake.lock moved ${shown(reason.before)} -> ${shown(reason.after)}`;
  }
}

/** The canonical form of an instruction as people write it, near enough: its word, then all its texts. */
function spoken(text: string): string {
  if (!text.startsWith("{")) return text;
  // Written by canonicalJson.
  const { do: word, ...rest } = JSON.parse(text) as { readonly [key: string]: Json };
  return [...textsOf(word), ...textsOf(Object.values(rest))].filter((part) => part !== "").join(" ");
}

function textsOf(value: Json | undefined): string[] {
  if (value === null || value === undefined) return [];
  if (typeof value !== "object") return [String(value)];
  return Object.values(value).flatMap(textsOf);
}

const FILE_CHANGE = {
  added: "is new",
  removed: "is gone",
  content: "changed",
  mode: "changed its mode",
  type: "changed its type",
} as const;

function shown(digest: Digest | undefined): string {
  return digest === undefined ? "(none)" : shortDigest(digest);
}

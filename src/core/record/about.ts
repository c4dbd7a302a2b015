import { type Digest, isDigest } from "../base/digest.ts";
import type { Json } from "../base/json.ts";
import type { Entry } from "./entry.ts";
import { isObject, type JsonObject } from "./fields.ts";

/** An image that an entry names; without a digest where the entry only says that it is not there. */
export interface MentionedImage {
  readonly name: string;
  readonly digest: Digest | undefined;
}

/** The member that holds the digest of bytes in the store of evidence, by kind. */
const CITED: ReadonlyMap<string, string> = new Map([
  ["build", "identity"],
  ["evidence", "output"],
  ["gate", "planDigest"],
  ["claims", "source"],
  ["audit", "report"],
  ["scan", "report"],
  ["prune", "plan"],
]);

/** The bytes in the store of evidence that an entry stands on. */
export function evidenceOf({ kind, body }: Entry): readonly Digest[] {
  const member = CITED.get(kind);
  const digest = member === undefined ? undefined : digestIn(body[member]);
  return digest === undefined ? [] : [digest];
}

/**
 * The images that an entry is about. Every kind names them in one of two ways, and so shall those to come: `image` and
 * `digest` of the body, or lists of objects with `name` and `digest`.
 */
export function imagesOf({ body }: Entry): readonly MentionedImage[] {
  const own = typeof body["image"] === "string" ? [mention(body["image"], body)] : [];
  const listed = ["images", "unavailable"].flatMap((list) => objectsIn(body[list]));
  return [
    ...own,
    ...listed.flatMap((item) => (typeof item["name"] === "string" ? [mention(item["name"], item)] : [])),
  ];
}

function mention(name: string, holder: JsonObject): MentionedImage {
  return { name, digest: digestIn(holder["digest"]) };
}

function objectsIn(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function digestIn(value: Json | undefined): Digest | undefined {
  return typeof value === "string" && isDigest(value) ? value : undefined;
}

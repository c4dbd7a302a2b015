import { type Digest, parseDigest } from "../base/digest.ts";
import { OciError } from "./error.ts";
import { formatImageRef, type ImageRef, parseImageRef } from "./reference.ts";

/** Where an image lies, as a person names it. */
export type ImagePlace =
  | { readonly kind: "registry"; readonly ref: ImageRef }
  /** A folder in the form of an OCI image layout. */
  | { readonly kind: "oci"; readonly folder: string; readonly digest: Digest | undefined }
  /** A file that `docker save` wrote, or an OCI layout in a tar. `name`: one of several images in it, `NAME:TAG` or a digest. */
  | { readonly kind: "docker-archive"; readonly file: string; readonly name: string | undefined }
  /** The root of a file system that was unpacked already. */
  | { readonly kind: "dir"; readonly folder: string }
  /** What a Docker Engine has, by name or id. */
  | { readonly kind: "engine"; readonly name: string }
  /** An image of the fleet: the newest release of it. */
  | { readonly kind: "fleet"; readonly name: string };

/**
 * `oci:FOLDER[@DIGEST]`, `docker-archive:FILE[@NAME:TAG|@DIGEST]`, `dir:FOLDER`, `engine:NAME`, a reference to a registry
 * (anything with a `/`, a tag or a digest), or the name of an image of the fleet. Throws OciError OCI_REFERENCE.
 */
export function parseImagePlace(text: string): ImagePlace {
  const [, scheme, rest = ""] = /^(oci|docker-archive|dir|engine):([\s\S]*)$/.exec(text) ?? [];
  if (scheme === undefined)
    return /[/:@]/.test(text) ? { kind: "registry", ref: refOf(text) } : { kind: "fleet", name: text };
  if (rest === "") throw invalid(text, `nothing follows "${scheme}:"`);
  switch (scheme) {
    case "oci": {
      const { before, name } = splitName(rest);
      const digest = name === undefined ? undefined : parseDigest(name);
      return digest === undefined
        ? { kind: "oci", folder: rest, digest }
        : { kind: "oci", folder: before, digest };
    }
    case "docker-archive": {
      const { before, name } = splitName(rest);
      return { kind: "docker-archive", file: before, name };
    }
    case "dir":
      return { kind: "dir", folder: rest };
    default:
      return { kind: "engine", name: rest };
  }
}

/** The same as text. */
export function formatImagePlace(place: ImagePlace): string {
  const named = (name: string | undefined) => (name === undefined ? "" : `@${name}`);
  switch (place.kind) {
    case "registry":
      return formatImageRef(place.ref);
    case "oci":
      return `oci:${place.folder}${named(place.digest)}`;
    case "docker-archive":
      return `docker-archive:${place.file}${named(place.name)}`;
    case "dir":
      return `dir:${place.folder}`;
    case "engine":
      return `engine:${place.name}`;
    case "fleet":
      return place.name;
  }
}

function refOf(text: string): ImageRef {
  const ref = parseImageRef(text);
  if (ref.tag === undefined && ref.digest === undefined)
    throw invalid(text, "it names neither a tag nor a digest");
  return ref;
}

/** Files may have an `@` in their names: what follows the last one counts only where it is a digest or has a tag. */
function splitName(text: string): { readonly before: string; readonly name: string | undefined } {
  const at = text.lastIndexOf("@");
  const name = text.slice(at + 1);
  const isName = at > 0 && (parseDigest(name) !== undefined || isTagged(name));
  return isName ? { before: text.slice(0, at), name } : { before: text, name: undefined };
}

function isTagged(name: string): boolean {
  try {
    return parseImageRef(name).tag !== undefined;
  } catch {
    return false;
  }
}

function invalid(text: string, why: string): OciError {
  return new OciError("OCI_REFERENCE", `"${text.slice(0, 300)}" names no image: ${why}`);
}

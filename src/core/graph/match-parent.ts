import type { RegistryPlace, Root } from "../blueprint/blueprint.ts";
import { OciError } from "../oci/error.ts";
import { formatImageRef, type ImageRef, parseImageRef } from "../oci/reference.ts";

/** What a reference in a Dockerfile stands for. */
export type ParentMatch =
  | { readonly kind: "image"; readonly name: string }
  | { readonly kind: "root"; readonly name: string }
  | { readonly kind: "unknown"; readonly why: string };

export interface ParentCandidates {
  readonly images: ReadonlySet<string>;
  readonly roots: readonly Root[];
  /** The registry hosts that mean the fleet's own registry, and its namespace. */
  readonly hosts: readonly string[];
  readonly namespace: string | undefined;
  /** The place that the blueprint declares, where this run has another: Dockerfiles go on naming the declared one. */
  readonly declared?: RegistryPlace;
}

/**
 * An image of the fleet is recognised by its plain name or by `registry/namespace/name` with any tag or digest; a root
 * by its name in the blueprint or by its image reference.
 */
export function matchParent(text: string, candidates: ParentCandidates): ParentMatch {
  if (candidates.images.has(text)) return { kind: "image", name: text };
  const named = candidates.roots.find((root) => root.name === text);
  if (named !== undefined) return { kind: "root", name: named.name };
  const ref = tryParse(text);
  if (typeof ref === "string") return { kind: "unknown", why: ref };
  const own = fleetName(ref, candidates);
  if (own !== undefined) return { kind: "image", name: own };
  const root = candidates.roots.find((candidate) => sameImage(candidate.image, ref));
  if (root !== undefined) return { kind: "root", name: root.name };
  return { kind: "unknown", why: `${formatImageRef(ref)} is neither an image of the fleet nor a root` };
}

function fleetName(
  given: ImageRef,
  { hosts, namespace, declared, images }: ParentCandidates,
): string | undefined {
  const ref = unlocal(given);
  const places = hosts.map((host) => ({ host, namespace }));
  for (const place of declared === undefined ? places : [...places, declared]) {
    const prefix = place.namespace === undefined ? "" : `${place.namespace}/`;
    if (place.host !== ref.host || !ref.repository.startsWith(prefix)) continue;
    const name = ref.repository.slice(prefix.length);
    if (images.has(name)) return name;
  }
  return undefined;
}

/** `local/...`, as the blueprint writes the registry of scripts/engine, has no dot and so reads as Docker Hub's. */
function unlocal(ref: ImageRef): Pick<ImageRef, "host" | "repository"> {
  const isLocal = ref.host === "docker.io" && ref.repository.startsWith("local/");
  return isLocal ? { host: "local", repository: ref.repository.slice("local/".length) } : ref;
}

/** The same repository and tag; a digest in either must be the other's, where the other has one. */
function sameImage(root: ImageRef, ref: ImageRef): boolean {
  if (root.host !== ref.host || root.repository !== ref.repository) return false;
  if (root.digest !== undefined && ref.digest !== undefined) return root.digest === ref.digest;
  return (root.tag ?? "latest") === (ref.tag ?? "latest");
}

function tryParse(text: string): ImageRef | string {
  try {
    return parseImageRef(text);
  } catch (error) {
    if (error instanceof OciError) return error.message;
    throw error;
  }
}

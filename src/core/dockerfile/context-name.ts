import { OciError } from "../oci/error.ts";
import { formatImageRef, type ImageRef, parseImageRef } from "../oci/reference.ts";

/** The reference, or undefined where BuildKit would not take the text for an image either. */
export function imageRefOf(text: string): ImageRef | undefined {
  // distribution/reference: a bare image id is no name.
  if (/^[a-f0-9]{64}$/.test(text)) return undefined;
  try {
    return parseImageRef(text);
  } catch (error) {
    if (error instanceof OciError) return undefined;
    throw error;
  }
}

/**
 * The form under which buildx and BuildKit compare names of contexts: Docker Hub's host and `library/` gone, `:latest`
 * gone. Undefined for text that is no image reference.
 */
export function contextKey(text: string): string | undefined {
  const ref = imageRefOf(text);
  if (ref === undefined) return undefined;
  const full = formatImageRef(ref);
  const familiar =
    ref.host === "docker.io" ? full.replace(/^docker\.io\/(?:library\/(?=[^/]+$))?/, "") : full;
  return familiar.replace(/:latest$/, "");
}

/** Whether a name is one of the named contexts that the build is given. */
export function contextMatcher(contexts: readonly string[]): (name: string) => boolean {
  const keys = new Set(contexts.map((name) => contextKey(name) ?? name));
  return (name) => {
    const key = contextKey(name);
    return key !== undefined && key !== "scratch" && key !== "context" && keys.has(key);
  };
}

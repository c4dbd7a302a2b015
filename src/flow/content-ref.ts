import type { ImageRef } from "../core/oci/reference.ts";

/** Where a content name (`repository:tag`, as `identify` gives it) stands in a registry. */
export function contentRef(host: string, contentName: string): ImageRef & { readonly tag: string } {
  const colon = contentName.lastIndexOf(":");
  return { host, repository: contentName.slice(0, colon), tag: contentName.slice(colon + 1) };
}

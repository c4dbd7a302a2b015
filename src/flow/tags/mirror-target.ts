import { messageOf } from "../../core/base/error.ts";
import { OciError } from "../../core/oci/error.ts";
import { parseImageRef } from "../../core/oci/reference.ts";
import { FlowError } from "../error.ts";

export type MirrorTarget =
  | { readonly kind: "registry"; readonly host: string; readonly namespace: string }
  /** Relative to the working directory. */
  | { readonly kind: "layout"; readonly folder: string };

const LAYOUT = "oci:";

/** HOST[:PORT]/NAMESPACE or `oci:DIR`. Throws FlowError MIRROR_TARGET. */
export function parseMirrorTarget(text: string): MirrorTarget {
  if (text.startsWith(LAYOUT)) {
    const folder = text.slice(LAYOUT.length);
    if (folder === "") throw wrong(text, "the folder is missing");
    return { kind: "layout", folder };
  }
  // As Docker's clients tell a host from a path; without one the target would be Docker Hub, which nobody wrote.
  const host = text.slice(0, Math.max(0, text.indexOf("/")));
  if (!/[.:]/.test(host) && host !== "localhost") throw wrong(text, "it has no host with a dot or a port");
  try {
    const { host, repository, tag, digest } = parseImageRef(text);
    if (tag === undefined && digest === undefined) return { kind: "registry", host, namespace: repository };
  } catch (thrown) {
    if (!(thrown instanceof OciError)) throw thrown;
    throw wrong(text, messageOf(thrown));
  }
  throw wrong(text, "leave tag and digest out: they are those of the release");
}

function wrong(text: string, why: string): FlowError {
  return new FlowError("MIRROR_TARGET", `expected HOST/NAMESPACE or oci:DIR, found "${text}": ${why}`);
}

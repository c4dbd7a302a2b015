import { OciError } from "../../../core/oci/error.ts";
import { formatImageRef, type ImageRef } from "../../../core/oci/reference.ts";
import { RegistryError } from "../error.ts";
import type { CallOptions } from "../port.ts";
import type { Caller } from "./caller.ts";
import type { Endpoint } from "./endpoint.ts";
import { manifestCall } from "./manifests.ts";

/**
 * Deletes what the reference names: a digest (with every tag on it), or a tag alone. True where it was there; what is
 * gone already is no error. RegistryError REGISTRY_UNSUPPORTED where the registry does not do it: GHCR never (405),
 * Distribution 2.8 no tags (400 DIGEST_INVALID). There is no way around by overwriting the tag: on a registry that then
 * refuses the DELETE, the tag would be left at the wrong image.
 */
export async function deleteManifest(
  caller: Caller,
  endpoint: Endpoint,
  ref: ImageRef,
  options: CallOptions,
): Promise<boolean> {
  if (ref.tag !== undefined && ref.digest !== undefined) {
    // By digest it would take every other tag of it along, by tag perhaps another image: the caller must choose.
    throw new OciError("OCI_REFERENCE", `${formatImageRef(ref)}: delete a tag or a digest, not both`);
  }
  const call = manifestCall("DELETE", endpoint, ref, options);
  return caller.call(call, async (answer) => {
    if (answer.status === 202 || answer.status === 200 || answer.status === 204) {
      await answer.discard();
      return true;
    }
    if (answer.status === 404) {
      await answer.discard();
      return false;
    }
    const error = await caller.failure(call, answer);
    if (answer.status !== 400) throw error;
    throw new RegistryError("REGISTRY_UNSUPPORTED", error.message, { details: error.details, cause: error });
  });
}

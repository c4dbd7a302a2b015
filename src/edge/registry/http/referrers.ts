import type { Digest } from "../../../core/base/digest.ts";
import type { Descriptor } from "../../../core/oci/manifest.ts";
import { MediaType } from "../../../core/oci/media-type.ts";
import { parseManifest } from "../../../core/oci/parse-manifest.ts";
import { RegistryError } from "../error.ts";
import type { CallOptions } from "../port.ts";
import type { BlobPlace } from "./blobs.ts";
import type { Call, Caller } from "./caller.ts";
import { fallbackTag } from "./fallback-index.ts";
import { getManifest } from "./manifests.ts";
import { readPages } from "./paging.ts";
import { repositoryScope } from "./scope.ts";

const MAX_REFERRERS = 100_000;

/**
 * What refers to a digest: signatures, attestations, SBOMs. By the API, or where there is none (404: GHCR, Distribution
 * 2.8) by the fallback tag. Not filtered by type: some pushers write a wrong one into the fallback index.
 */
export async function listReferrers(
  caller: Caller,
  place: BlobPlace,
  subject: Digest,
  options: CallOptions,
): Promise<readonly Descriptor[]> {
  const { endpoint, at } = place;
  const repository = `${endpoint.prefix}${at.repository}`;
  const call: Call = {
    endpoint,
    method: "GET",
    at: `${repository}/referrers/${subject}`,
    headers: { accept: MediaType.ociIndex },
    scopes: [repositoryScope(repository, "pull")],
    what: `the referrers of ${subject}`,
    signal: options.signal,
  };
  const found = new Map<Digest, Descriptor>();
  let answered = false;
  for await (const page of readPages(caller, call)) {
    answered = true;
    for (const entry of entriesOf(page.body, endpoint.host)) found.set(entry.digest, entry);
    if (found.size > MAX_REFERRERS) {
      throw new RegistryError("REGISTRY_TOO_LARGE", `${call.what} are more than ${MAX_REFERRERS}`);
    }
  }
  if (answered) return [...found.values()];
  // A caller's `at` may be a whole reference, whose digest would go before the tag.
  const tag = { host: at.host, repository: at.repository, tag: fallbackTag(subject) };
  const stored = await getManifest(caller, endpoint, tag, options);
  return stored?.content.kind === "index" ? stored.content.index.manifests : [];
}

function entriesOf(body: Buffer, host: string): readonly Descriptor[] {
  try {
    const content = parseManifest(body, MediaType.ociIndex);
    return content.kind === "index" ? content.index.manifests : [];
  } catch (cause) {
    throw new RegistryError("REGISTRY_PROTOCOL", `${host} answers with no index of referrers`, { cause });
  }
}

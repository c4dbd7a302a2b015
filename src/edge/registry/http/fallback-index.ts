import type { Digest } from "../../../core/base/digest.ts";
import type { Descriptor, ImageIndex } from "../../../core/oci/manifest.ts";
import { MediaType } from "../../../core/oci/media-type.ts";
import type { ManifestContent } from "../../../core/oci/parse-manifest.ts";
import { RegistryError } from "../error.ts";
import type { CallOptions, Repository } from "../port.ts";
import type { Caller } from "./caller.ts";
import type { Endpoint } from "./endpoint.ts";
import { getManifest, putManifest } from "./manifests.ts";

// Two pushers may overwrite each other; whoever is missing afterwards writes again.
const ROUNDS = 4;

/** The tag that stands in for the referrers API (distribution-spec, "Referrers Tag Schema"). */
export function fallbackTag(subject: Digest): string {
  return subject.replace(":", "-");
}

export interface Referrer {
  readonly at: Repository;
  readonly subject: Descriptor;
  readonly descriptor: Descriptor;
  readonly content: ManifestContent;
  readonly options: CallOptions;
}

/** Adds a manifest to the index under its subject's fallback tag, and looks whether it is there. */
export async function addReferrer(caller: Caller, endpoint: Endpoint, referrer: Referrer): Promise<void> {
  const { host, repository } = referrer.at;
  const tag = { host, repository, tag: fallbackTag(referrer.subject.digest) };
  const { options } = referrer;
  for (let round = 0; round < ROUNDS; round++) {
    const stored = await getManifest(caller, endpoint, tag, options);
    const manifests = stored?.content.kind === "index" ? stored.content.index.manifests : [];
    if (manifests.some((each) => each.digest === referrer.descriptor.digest)) return;
    const index: ImageIndex = {
      schemaVersion: 2,
      mediaType: MediaType.ociIndex,
      manifests: [...manifests, entryOf(referrer)],
    };
    const bytes = Buffer.from(JSON.stringify(index));
    await putManifest(caller, endpoint, { ref: tag, bytes, mediaType: MediaType.ociIndex, options });
  }
  const stored = await getManifest(caller, endpoint, tag, options);
  const kept = stored?.content.kind === "index" ? stored.content.index.manifests : [];
  if (kept.some((each) => each.digest === referrer.descriptor.digest)) return;
  throw new RegistryError("REGISTRY_PROTOCOL", `${endpoint.host} does not keep ${repository}:${tag.tag}`);
}

function entryOf({ descriptor, content }: Referrer): Descriptor {
  const { annotations } = content.kind === "index" ? content.index : content.manifest;
  const artifactType =
    content.kind === "index"
      ? undefined
      : (content.manifest.artifactType ?? content.manifest.config.mediaType);
  return {
    ...descriptor,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(annotations === undefined ? {} : { annotations }),
  };
}

import { CYCLONEDX_TYPE, cyclonedx } from "../../core/audit/sbom/cyclonedx.ts";
import type { Sbom } from "../../core/audit/sbom/sbom.ts";
import { SPDX_TYPE, spdx } from "../../core/audit/sbom/spdx.ts";
import type { Digest } from "../../core/base/digest.ts";
import { Annotation } from "../../core/oci/annotation.ts";
import { ociArtifact } from "../../core/oci/artifact.ts";
import type { Registry, Repository } from "../../edge/registry/port.ts";
import { FlowError } from "../error.ts";
import { listsReferrers } from "../lists-referrers.ts";
import { pushArtifact } from "../push-artifact.ts";

/** A document that stands beside its image. */
export interface AttachedSbom {
  readonly image: string;
  readonly digest: Digest;
  readonly type: string;
  /** Of the artifact's manifest. */
  readonly artifact: Digest;
  readonly bytes: number;
  /** False where it was there: equal images have equal documents. */
  readonly isNew: boolean;
}

/** Moves with what our documents say: a release leaves those of this version as they are. */
const SBOM_VERSION = "1";
const TYPES = [CYCLONEDX_TYPE, SPDX_TYPE];

export interface SbomPlace {
  readonly at: Repository;
  readonly name: string;
  readonly digest: Digest;
}

/** Whether an image has our documents in both formats already. One request; never for certain where nobody lists referrers. */
export async function hasSboms(
  registry: Registry,
  { at, digest }: SbomPlace,
  signal: AbortSignal,
): Promise<boolean> {
  if (!listsReferrers(registry)) return false;
  const referrers = await registry.listReferrers(at, digest, { signal });
  return TYPES.every((type) =>
    referrers.some(
      ({ artifactType, annotations }) =>
        artifactType === type && annotations?.[Annotation.sbom] === SBOM_VERSION,
    ),
  );
}

/**
 * Puts the SBOM of an image beside it, in both formats, as artifacts that refer to it: by the referrers API, or in the index
 * under the fallback tag where the registry has none. Throws FlowError PARENT_MISSING where the image is gone.
 */
export async function attachSbom(
  registry: Registry,
  { at, name, digest, sbom }: SbomPlace & { readonly sbom: Sbom },
  signal: AbortSignal,
): Promise<readonly AttachedSbom[]> {
  const options = { signal };
  const subject = await registry.resolve({ ...at, digest }, options);
  if (subject === undefined) throw new FlowError("PARENT_MISSING", `${name} is gone from the registry`);
  const known = listsReferrers(registry) ? await registry.listReferrers(at, digest, options) : [];
  const attached: AttachedSbom[] = [];
  for (const [type, text] of [
    [CYCLONEDX_TYPE, cyclonedx(sbom, { withFiles: true })],
    [SPDX_TYPE, spdx(sbom)],
  ] as const) {
    const content = new TextEncoder().encode(text);
    const artifact = ociArtifact({
      type,
      content,
      subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.size },
      annotations: {
        [Annotation.sbom]: SBOM_VERSION,
        ...(sbom.created === undefined ? {} : { [Annotation.created]: sbom.created }),
      },
    });
    const own = artifact.descriptor.digest;
    const isNew = known.every((each) => each.digest !== own);
    if (isNew) await pushArtifact(registry, { ref: { ...at, digest: own }, artifact }, options);
    attached.push({ image: name, digest, type, artifact: own, bytes: content.length, isNew });
  }
  return attached;
}

import { AuditError } from "../../../core/audit/error.ts";
import type { ImageConfig } from "../../../core/oci/manifest.ts";
import type { StoredLayer } from "../layers/port.ts";

/** Pairs what is stored with the diffIDs of the config. Throws AuditError LAYER_DIFFID where these are not as many. */
export function layersOf<Stored>(
  image: string,
  { rootfs }: ImageConfig,
  stored: readonly Stored[],
  describe: (stored: Stored) => Omit<StoredLayer, "diffId">,
): readonly StoredLayer[] {
  const { diffIds } = rootfs;
  if (diffIds.length !== stored.length) {
    throw new AuditError(
      "LAYER_DIFFID",
      `${image} has ${stored.length} layers, and its config speaks of ${diffIds.length}`,
    );
  }
  return stored.flatMap((each, index) => {
    const diffId = diffIds[index];
    return diffId === undefined ? [] : [{ ...describe(each), diffId }];
  });
}

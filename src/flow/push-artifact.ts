import { oneChunk } from "../core/base/one-chunk.ts";
import type { Artifact } from "../core/oci/artifact.ts";
import type { ImageRef } from "../core/oci/reference.ts";
import type { CallOptions, Registry } from "../edge/registry/port.ts";

/** What it is made of first, the manifest last: nobody finds a part of it. */
export async function pushArtifact(
  registry: Registry,
  { ref, artifact }: { readonly ref: ImageRef; readonly artifact: Artifact },
  options: CallOptions,
): Promise<void> {
  for (const { descriptor, bytes } of artifact.blobs) {
    const { digest, size } = descriptor;
    await registry.putBlob(ref, { digest, size, open: () => oneChunk(bytes) }, options);
  }
  await registry.putManifest(ref, artifact.manifest, artifact.descriptor.mediaType, options);
}

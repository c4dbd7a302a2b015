import { gzipSync } from "node:zlib";
import { type Canary, canaryImage } from "../../core/policy/gates/canary/canary-image.ts";
import type { CanaryFault } from "../../core/policy/gates/canary/faults.ts";
import type { CallOptions, Registry, Repository } from "../../edge/registry/port.ts";
import { pushArtifact } from "../push-artifact.ts";

/**
 * Makes the image of a fault and pushes it under the fault's name: into a layout folder, which whoever asked for it removes
 * again. From there it is read, by its digest, as any image is.
 */
export async function plantCanary(
  registry: Registry,
  at: Repository,
  { fault, nonce }: { readonly fault: CanaryFault; readonly nonce: string },
  options: CallOptions,
): Promise<Canary> {
  const canary = canaryImage({ fault, nonce, compress: (tar) => gzipSync(tar) });
  const { image } = canary;
  const ref = { ...at, tag: fault, digest: image.descriptor.digest };
  await pushArtifact(registry, { ref, artifact: image }, options);
  return canary;
}

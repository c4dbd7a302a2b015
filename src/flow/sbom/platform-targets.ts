import type { Digest } from "../../core/base/digest.ts";
import { firstPlatform } from "../../core/blueprint/first-platform.ts";
import { formatPlatform } from "../../core/oci/parse-platform.ts";
import type { OpenFleet } from "../tags/open-fleet.ts";
import type { Target } from "../verify/choose-targets.ts";

/** An image of the fleet on one platform. */
export interface PlatformTarget extends Pick<Target, "node" | "repository" | "source"> {
  /** Of the platform's own manifest, which is what an SBOM is about. */
  readonly digest: Digest;
  /** As OCI writes it. */
  readonly platform: string;
}

/**
 * The images that an index leads to, each as a target of its own; one that is no index is of the first platform of the
 * blueprint. Throws RegistryError.
 */
export async function platformTargets(
  { registry, host, fleet }: Pick<OpenFleet, "registry" | "host" | "fleet">,
  target: Omit<PlatformTarget, "platform">,
  signal: AbortSignal,
): Promise<readonly PlatformTarget[]> {
  const { repository, digest } = target;
  const stored = await registry.readManifest({ host, repository, digest }, { signal });
  // Whoever reads it next says that it is gone.
  if (stored?.content.kind !== "index") return [{ ...target, platform: firstPlatform(fleet.blueprint) }];
  return stored.content.index.manifests.flatMap((entry) =>
    // BuildKit's attestations are entries of `unknown/unknown`, and nothing that runs.
    entry.platform === undefined || entry.platform.os === "unknown"
      ? []
      : [{ ...target, digest: entry.digest, platform: formatPlatform(entry.platform) }],
  );
}

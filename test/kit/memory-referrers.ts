import { type Digest, isDigest } from "../../src/core/base/digest.ts";
import type { Descriptor } from "../../src/core/oci/manifest.ts";
import type { MemoryRegistry } from "../../src/edge/registry/memory.ts";
import type { Repository } from "../../src/edge/registry/port.ts";
import type { ReferrerListing } from "../../src/edge/registry/powers.ts";

/** What the registry in memory cannot tell by itself: which of the manifests that were put there refer to another. */
export function memoryReferrers(registry: MemoryRegistry): ReferrerListing {
  return {
    async listReferrers(at, subject) {
      const found = await Promise.all(
        putsTo(registry, at).map((digest) => referrer(registry, at, { digest, subject })),
      );
      return found.flatMap((each) => each ?? []);
    },
  };
}

function putsTo({ calls }: MemoryRegistry, { host, repository }: Repository): readonly Digest[] {
  const begin = `PUT ${host}/${repository}@`;
  const digests = calls.flatMap((call) => (call.startsWith(begin) ? [call.slice(begin.length)] : []));
  return [...new Set(digests)].filter(isDigest);
}

async function referrer(
  registry: MemoryRegistry,
  at: Repository,
  { digest, subject }: { readonly digest: Digest; readonly subject: Digest },
): Promise<Descriptor | undefined> {
  const stored = await registry.readManifest({ ...at, digest });
  if (stored?.content.kind !== "manifest") return undefined;
  const { artifactType, annotations, subject: of } = stored.content.manifest;
  if (of?.digest !== subject) return undefined;
  return {
    ...stored.descriptor,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(annotations === undefined ? {} : { annotations }),
  };
}

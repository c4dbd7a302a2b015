import type { StoredFact } from "../../core/inventory/observed.ts";
import { Annotation } from "../../core/oci/annotation.ts";
import { OciError } from "../../core/oci/error.ts";
import type { ImageConfig, Manifest } from "../../core/oci/manifest.ts";
import type { CallOptions, Registry, Repository, StoredManifest } from "../../edge/registry/port.ts";
import { readConfig } from "../read-config.ts";

// Indexes may nest to no stated depth (image-spec), and one could contain what contains it.
const MAX_DEPTH = 4;
const CONFIG_TYPES = new Set([
  "application/vnd.oci.image.config.v1+json",
  "application/vnd.docker.container.image.v1+json",
]);

/** A manifest with its children, when it was made, of what and from what. */
export async function readStored(
  registry: Registry,
  at: Repository,
  stored: StoredManifest,
  options: CallOptions & { readonly depth?: number },
): Promise<StoredFact> {
  const { descriptor, content } = stored;
  const { depth = 0 } = options;
  const index = content.kind === "index" ? content.index : undefined;
  const manifest = content.kind === "manifest" ? content.manifest : undefined;
  const entries = depth < MAX_DEPTH ? (index?.manifests ?? []) : [];
  const children = await Promise.all(
    entries.map(async ({ digest }) => {
      const ref = { host: at.host, repository: at.repository, digest };
      // What is in a cache may be gone from the registry.
      if ((await registry.resolve(ref, options)) === undefined) return [];
      const child = await registry.readManifest(ref, options);
      return child === undefined
        ? []
        : [await readStored(registry, at, child, { ...options, depth: depth + 1 })];
    }),
  );
  const held = children.flat();
  const own = (index ?? manifest)?.annotations ?? {};
  // What an index does not say of itself, its first image says.
  const first = held.find(({ created }) => created !== undefined);
  const config =
    manifest === undefined || own[Annotation.created] !== undefined
      ? undefined
      : await configOf(registry, at, manifest, options);
  const labels = config?.config.Labels ?? {};
  const said = (key: string): string | undefined => own[key] ?? labels[key];
  return {
    digest: descriptor.digest,
    mediaType: descriptor.mediaType,
    manifest,
    index,
    children: held,
    created: said(Annotation.created) ?? config?.created ?? first?.created,
    revision: said(Annotation.revision) ?? first?.revision,
    baseDigest: said(Annotation.baseDigest) ?? first?.baseDigest,
  };
}

/** Artifacts and build caches have no image config; a damaged one costs the dates, not the inventory. */
async function configOf(
  registry: Registry,
  at: Repository,
  { config }: Manifest,
  options: CallOptions,
): Promise<ImageConfig | undefined> {
  if (!CONFIG_TYPES.has(config.mediaType)) return undefined;
  try {
    return await readConfig(registry, at, config, options);
  } catch (error) {
    if (error instanceof OciError) return undefined;
    throw error;
  }
}

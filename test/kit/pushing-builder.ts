import type { Digest } from "../../src/core/base/digest.ts";
import type { Json } from "../../src/core/base/json.ts";
import { Annotation } from "../../src/core/oci/annotation.ts";
import type { Descriptor } from "../../src/core/oci/manifest.ts";
import { parseImageRef } from "../../src/core/oci/reference.ts";
import { built } from "../../src/edge/builder/memory.ts";
import type { BuildRequest, BuildResult } from "../../src/edge/builder/port.ts";
import type { Registry } from "../../src/edge/registry/port.ts";
import { layerOf, layerText, pushImage } from "./memory-image.ts";

/** What a build does otherwise. */
export interface BuildChange {
  /** From the base's layers to all below the image's last. */
  readonly layers?: (layers: readonly Descriptor[]) => readonly (Descriptor | string)[];
  /** Laid over those that were asked for. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** How it runs, of the config. */
  readonly run?: Readonly<Record<string, Json>>;
}

/**
 * What a real builder leaves behind: the base's layers (mounted), one layer more, and the annotations, pushed under the
 * request's name. The layer follows from the identity, so the same build has the same digest.
 */
export async function buildAndPush(
  registry: Registry,
  request: BuildRequest,
  change: BuildChange = {},
): Promise<BuildResult> {
  const at = parseImageRef(request.name);
  const base = await baseLayers(registry, request);
  for (const layer of base.layers) {
    const text = await layerText(registry, base.at, layer);
    await registry.putBlob(at, { digest: layer.digest, size: layer.size, open: () => once(text) });
  }
  const own = layerOf(`layer of ${request.annotations[Annotation.identity]} at ${request.epoch}`);
  const layers = change.layers?.(base.layers) ?? base.layers;
  const digest = await pushImage(registry, at, {
    layers: [...layers, own],
    annotations: { ...request.annotations, ...change.annotations },
    run: change.run ?? {},
  });
  return built(digest, 7);
}

async function baseLayers(registry: Registry, request: BuildRequest) {
  const digest = request.annotations[Annotation.baseDigest] as Digest | undefined;
  const context = Object.values(request.contexts).find(
    (each) => digest !== undefined && each.endsWith(digest),
  );
  if (context === undefined) return { at: parseImageRef(request.name), layers: [] };
  const at = parseImageRef(context.replace("docker-image://", ""));
  const stored = await registry.readManifest(at);
  if (stored === undefined) throw new Error(`the builder cannot resolve ${context}`);
  if (stored.content.kind === "manifest") return { at, layers: stored.content.manifest.layers };
  const [first] = stored.content.index.manifests;
  const child = first && (await registry.readManifest({ ...at, digest: first.digest }));
  return { at, layers: child?.content.kind === "manifest" ? child.content.manifest.layers : [] };
}

async function* once(text: string): AsyncIterable<Uint8Array> {
  yield new TextEncoder().encode(text);
}

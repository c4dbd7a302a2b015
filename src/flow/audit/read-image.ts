import { type FlatImage, flatten } from "../../core/audit/image/flatten.ts";
import type { ContentQuestion } from "../../core/audit/image/layer-facts.ts";
import type { ImageGraph, ImageNode } from "../../core/graph/image-graph.ts";
import type { Platform } from "../../core/oci/manifest.ts";
import { type LayerOrigin, layerOrigins } from "../../core/policy/audit/layer-origins.ts";
import type { ImageContents } from "../../edge/registry/images/port.ts";
import type { RegistrySettings, StoredPlace, World } from "../world.ts";
import { createReadingProgress } from "./reading-progress.ts";

/** An image, read from wherever it lies. */
export interface ReadImage extends ImageContents {
  /** As it was asked for. */
  readonly name: string;
  readonly flat: FlatImage;
  /** One for each layer; empty for a folder, of which nobody says how it was made. */
  readonly origins: readonly LayerOrigin[];
}

export interface ReadImageAsk {
  readonly place: StoredPlace;
  readonly questions: readonly ContentQuestion[];
  readonly platform: Platform;
  readonly settings: RegistrySettings;
  /** The image of the fleet that it is, where it is one. */
  readonly of?: { readonly graph: ImageGraph; readonly node: ImageNode };
}

/**
 * Reads an image without running it, with a person looking on: its layers once ever, its tree as a container would see it,
 * where each layer is from. Throws what the place throws, and AuditError.
 */
export async function readImage(
  world: World,
  { place, questions, platform, settings, of }: ReadImageAsk,
): Promise<ReadImage> {
  const source = await world.imageSource(place, settings);
  const progress = createReadingProgress(world, source.name);
  const reader = await world.layerReader();
  const contents = await source.read({ platform, reader, questions, signal: world.kill, ...progress });
  const { config } = contents;
  const origins = config === undefined ? [] : layerOrigins(config, of);
  return { ...contents, name: of?.node.name ?? source.name, flat: flatten(contents.layers), origins };
}

import { type FlatImage, flatten } from "../../core/audit/image/flatten.ts";
import type { ContentQuestion } from "../../core/audit/image/layer-facts.ts";
import type { ImageGraph, ImageNode } from "../../core/graph/image-graph.ts";
import type { ImagePlace } from "../../core/oci/image-place.ts";
import type { Platform } from "../../core/oci/manifest.ts";
import { parsePlatform } from "../../core/oci/parse-platform.ts";
import { type LayerOrigin, layerOrigins } from "../../core/policy/audit/layer-origins.ts";
import type { ImageContents, ImageSource } from "../../edge/registry/images/port.ts";
import { FlowError } from "../error.ts";
import { openFleet } from "../tags/open-fleet.ts";
import { chooseTargets } from "../verify/choose-targets.ts";
import type { RegistrySettings, World } from "../world.ts";
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
  readonly place: ImagePlace;
  readonly questions: readonly ContentQuestion[];
  /** `linux/amd64` and such; that of the fleet, or of this machine's kind, unless told. */
  readonly platform?: string;
}

const NO_SETTINGS: RegistrySettings = { insecure: [], mirrors: {} };
const DEFAULT_PLATFORM = "linux/amd64";

/** Reads an image without running it: its layers once ever, its tree as a container would see it, where each layer is from. */
export async function readImage(
  world: World,
  { place, questions, platform }: ReadImageAsk,
): Promise<ReadImage> {
  if (place.kind === "fleet") return readFleetImage(world, place.name, { questions, platform });
  const source = await world.imageSource(place, NO_SETTINGS);
  const contents = await readSource(world, source, {
    questions,
    platform: parsePlatform(platform ?? DEFAULT_PLATFORM),
  });
  return readOf(source.name, contents);
}

async function readFleetImage(
  world: World,
  name: string,
  {
    questions,
    platform,
  }: { readonly questions: readonly ContentQuestion[]; readonly platform: string | undefined },
): Promise<ReadImage> {
  const open = await openFleet(world);
  const { targets } = await chooseTargets(world, open, [name]);
  const [target] = targets;
  if (target?.digest === undefined) {
    throw new FlowError(
      "RELEASE_UNKNOWN",
      `there is no image of ${name} to read: ${target?.source ?? "it is unknown"}`,
      {
        hint: `lapstrake build ${name}`,
      },
    );
  }
  const { node, repository, digest } = target;
  const { insecure, mirrors } = open.fleet.blueprint.build;
  const [first = DEFAULT_PLATFORM] = open.fleet.blueprint.platforms;
  const ref = { host: open.host, repository, digest };
  const source = await world.imageSource({ kind: "registry", ref }, { insecure, mirrors });
  const contents = await readSource(world, source, { questions, platform: parsePlatform(platform ?? first) });
  return readOf(name, contents, { graph: open.fleet.graph, node });
}

/** Reads a source with a person looking on; Ctrl-C ends it. */
async function readSource(
  world: World,
  source: ImageSource,
  { questions, platform }: { readonly questions: readonly ContentQuestion[]; readonly platform: Platform },
): Promise<ImageContents> {
  const progress = createReadingProgress(world, source.name);
  const reader = await world.layerReader();
  return source.read({ platform, reader, questions, signal: world.kill, ...progress });
}

function readOf(
  name: string,
  contents: ImageContents,
  of?: { readonly graph: ImageGraph; readonly node: ImageNode },
): ReadImage {
  const { config } = contents;
  const origins = config === undefined ? [] : layerOrigins(config, of);
  return { ...contents, name, flat: flatten(contents.layers), origins };
}

import { AuditError } from "../../core/audit/error.ts";
import { type Tier } from "../../core/blueprint/blueprint.ts";
import { type ImageGraph, withDependents } from "../../core/graph/image-graph.ts";
import { parseImagePlace } from "../../core/oci/image-place.ts";
import { type FleetSize, measureFleet } from "../../core/policy/size/fleet-size.ts";
import type { ImageSize } from "../../core/policy/size/image-size.ts";
import { type ReadTarget, readPlace, readTargets } from "../audit/read-targets.ts";
import { type OpenFleet, openFleet } from "../tags/open-fleet.ts";
import { chooseTargets, type Target } from "../verify/choose-targets.ts";
import type { World } from "../world.ts";
import { type GrowthReport, measureGrowth } from "./measure-growth.ts";
import { type ContentsByLayer, measureTarget, SIZE_QUESTIONS } from "./measure-target.ts";

export interface SizeAsk {
  /** Images of the fleet by name, or any image by its place; all of the newest release where there is none. */
  readonly images: readonly string[];
  /** Also all that is built on the named ones of the fleet. */
  readonly dependents: boolean;
  /** Of the fleet's, only those of this tier. */
  readonly tier: Tier | undefined;
  /** The release to compare with: its tag, or `last`; undefined: for each image the newest that is older. */
  readonly since: string | undefined;
}

export interface SizeReport {
  readonly release: string | undefined;
  readonly images: readonly SizedImage[];
  readonly fleet: FleetSize;
  /** Undefined where no image of the fleet was measured. */
  readonly growth: GrowthReport | undefined;
  /** Images that were asked for and could not be measured. */
  readonly left: readonly LeftImage[];
}

export interface SizedImage {
  /** In words, why that content. */
  readonly source: string;
  /** Of an image of the fleet. */
  readonly tier: Tier | undefined;
  readonly size: ImageSize;
}

export interface LeftImage {
  readonly name: string;
  readonly why: string;
}

/**
 * Reads images, one after the other since all of them do not fit into memory, and says what their bytes are, what they share,
 * and what moved since they were released before.
 */
export async function measureImages(world: World, ask: SizeAsk): Promise<SizeReport> {
  const places = ask.images.map(parseImagePlace);
  const names = places.flatMap((place) => (place.kind === "fleet" ? [place.name] : []));
  const contents: ContentsByLayer = new Map();
  const others: SizedImage[] = [];
  const own =
    names.length > 0 || places.length === 0
      ? await measureOwn(world, { ...ask, images: names }, contents)
      : { release: undefined, images: [], growth: undefined, left: [] };
  for (const place of places) {
    if (place.kind !== "fleet") others.push(sized(await readPlace(world, place, SIZE_QUESTIONS), contents));
  }
  const images = [...own.images, ...others];
  return {
    ...own,
    images,
    fleet: measureFleet(
      images.map(({ size }) => size),
      contents,
    ),
  };
}

function sized(target: ReadTarget, contents: ContentsByLayer): SizedImage {
  const { source, node } = target;
  return { source, tier: node?.declared.tier, size: measureTarget(target, contents) };
}

async function measureOwn(
  world: World,
  ask: SizeAsk,
  contents: ContentsByLayer,
): Promise<Omit<SizeReport, "fleet">> {
  const open = await openFleet(world);
  const names = chosenNames(open.fleet.graph, ask);
  // No name would be all of them.
  if (names?.length === 0) return { release: undefined, images: [], growth: undefined, left: [] };
  const { release, targets } = await chooseTargets(world, open, names ?? []);
  const images: SizedImage[] = [];
  const left: LeftImage[] = [];
  for (const target of targets) {
    const read = await measureOne(world, { open, target, contents });
    if ("why" in read) left.push(read);
    else images.push(read);
  }
  const growth = await measureGrowth(world, { open, release, since: ask.since, images });
  return { release: release?.tag, images, growth, left };
}

/** Undefined: all of the release. */
function chosenNames(
  graph: ImageGraph,
  { images, dependents, tier }: SizeAsk,
): readonly string[] | undefined {
  if (images.length === 0 && tier === undefined) return undefined;
  // Unknown names are told by `chooseTargets`, which takes them as they are.
  const named = images.length === 0 ? [...graph.nodes.keys()] : images;
  const all = dependents ? [...new Set([...named, ...withDependents(graph, named)])] : named;
  return tier === undefined ? all : all.filter((name) => graph.nodes.get(name)?.declared.tier === tier);
}

interface OneTarget {
  readonly open: OpenFleet;
  readonly target: Pick<Target, "node" | "digest" | "repository" | "source">;
  readonly contents: ContentsByLayer;
}

/** An image whose layers cannot be read as what they are is left, and that is said: the others are measured all the same. */
export async function measureOne(
  world: World,
  { open, target, contents }: OneTarget,
): Promise<SizedImage | LeftImage> {
  const { name } = target.node;
  try {
    const { read, left } = await readTargets(world, open, { targets: [target], questions: SIZE_QUESTIONS });
    const [only] = read;
    return only === undefined ? { name, why: left[0]?.why ?? target.source } : sized(only, contents);
  } catch (thrown) {
    if (!(thrown instanceof AuditError)) throw thrown;
    return { name, why: thrown.message };
  }
}

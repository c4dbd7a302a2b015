import type { Tier } from "../../core/blueprint/blueprint.ts";

/** `baseline`: a service as one image with everything in it. */
export type BuiltKind = "image" | "service" | "baseline";

/** An image that will be built. */
export interface ForecastImage {
  readonly name: string;
  readonly kind: BuiltKind;
  readonly tier: Tier;
  /** Compressed bytes of its own layers (without its parents'; a baseline has none) when it was last built; undefined where it never was. */
  readonly ownBytes: number | undefined;
}

/** A folder that a build fills, and the free space under it. */
export interface ForecastPlace {
  readonly use: "engine" | "registry";
  readonly path: string;
  /** Places with the same number share their free space. */
  readonly device: number;
  readonly freeBytes: number;
}

/**
 * - `enough`: the whole run fits, build cache included.
 * - `tight`: it fits only if the engine drops build cache on the way, or if the images turn out smaller than guessed.
 * - `short`: it cannot fit, whatever is dropped.
 */
export type DiskVerdict = "enough" | "tight" | "short";

export interface DiskNeed {
  readonly paths: readonly string[];
  readonly freeBytes: number;
  /** With all the build cache that a run leaves. */
  readonly needBytes: number;
  /** What cannot be spared: the layers in the registry, and the largest build while it runs. */
  readonly leastBytes: number;
  readonly verdict: DiskVerdict;
}

export interface DiskForecast {
  readonly verdict: DiskVerdict;
  /** One for each file system. */
  readonly disks: readonly DiskNeed[];
  readonly images: number;
  /** How many of them have no recorded size. */
  readonly guessed: number;
}

/**
 * Own compressed bytes of an image that was never built. Measured: the four CUDA 12.1 images have 1.6, 0.9, 1.3 and
 * 0.3 GB of their own, CPU images mostly some tens of MB, and a service little more than its code. Baselines of the
 * reference fleet: 0.22 to 0.27 GB, and 4.7 to 7.3 GB with CUDA.
 */
export const DEFAULT_BYTES = {
  image: { cpu: 60e6, gpu: 1.1e9 },
  service: { cpu: 20e6, gpu: 20e6 },
  baseline: { cpu: 250e6, gpu: 6e9 },
} as const satisfies Record<BuiltKind, Record<Tier, number>>;

/**
 * Bytes that the engine keeps for one compressed byte: snapshots of every step, builder stages, package caches, layers
 * before and after their times are rewritten. Measured: 37 GB for the 4.1 GB of the four CUDA images; 2.0 to 2.4 bytes
 * for a byte of the three CUDA baselines, which have one stage and what pip fetched in it.
 */
export const CACHE_FACTOR = { image: 9, service: 9, baseline: 2.5 } as const satisfies Record<
  BuiltKind,
  number
>;

/** What one running build needs for one compressed byte: the files (2.5) and the layers that are made of them. */
export const RUNNING_FACTOR = { image: 3.5, service: 3.5, baseline: 2.5 } as const satisfies Record<
  BuiltKind,
  number
>;

/** A guess may be wrong by as much; only what is left of it then counts as certain. */
const GUESS_ERROR = 2;

/** Pure: what the images will need on each file system, against what is free there. */
export function diskForecast(inputs: {
  readonly images: readonly ForecastImage[];
  readonly places: readonly ForecastPlace[];
}): DiskForecast {
  const { images, places } = inputs;
  const needs = { engine: engineNeed(images), registry: registryNeed(images) };
  const devices = [...new Set(places.map(({ device }) => device))];
  const disks = devices.map((device): DiskNeed => {
    const here = places.filter((place) => place.device === device);
    const uses = [...new Set(here.map(({ use }) => use))];
    const needBytes = sum(uses.map((use) => needs[use].need));
    const leastBytes = sum(uses.map((use) => needs[use].least));
    const freeBytes = Math.min(...here.map((place) => place.freeBytes));
    const verdict = leastBytes > freeBytes ? "short" : needBytes > freeBytes ? "tight" : "enough";
    return { paths: outermost(here.map(({ path }) => path)), freeBytes, needBytes, leastBytes, verdict };
  });
  return {
    verdict: worst(disks.map(({ verdict }) => verdict)),
    disks,
    images: images.length,
    guessed: images.filter(({ ownBytes }) => ownBytes === undefined).length,
  };
}

/** Each folder once, without those that lie in another of them. */
function outermost(paths: readonly string[]): readonly string[] {
  return [...new Set(paths)].filter((path) => !paths.some((other) => path.startsWith(`${other}/`)));
}

interface Need {
  readonly need: number;
  readonly least: number;
}

function engineNeed(images: readonly ForecastImage[]): Need {
  return {
    need: sum(images.map((image) => expected(image) * CACHE_FACTOR[image.kind])),
    least: Math.max(0, ...images.map((image) => certain(image) * RUNNING_FACTOR[image.kind])),
  };
}

function registryNeed(images: readonly ForecastImage[]): Need {
  return { need: sum(images.map(expected)), least: sum(images.map(certain)) };
}

function expected({ kind, tier, ownBytes }: ForecastImage): number {
  return ownBytes ?? DEFAULT_BYTES[kind][tier];
}

function certain(image: ForecastImage): number {
  return image.ownBytes ?? expected(image) / GUESS_ERROR;
}

function worst(verdicts: readonly DiskVerdict[]): DiskVerdict {
  return (["short", "tight"] as const).find((verdict) => verdicts.includes(verdict)) ?? "enough";
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

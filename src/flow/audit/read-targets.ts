import type { ContentQuestion } from "../../core/audit/image/layer-facts.ts";
import type { Digest } from "../../core/base/digest.ts";
import { DEFAULT_PLATFORM, firstPlatform } from "../../core/blueprint/first-platform.ts";
import type { ImageNode } from "../../core/graph/image-graph.ts";
import { parsePlatform } from "../../core/oci/parse-platform.ts";
import { machineOf } from "../../core/policy/locks/platform.ts";
import type { Repository } from "../../edge/registry/port.ts";
import { FlowError } from "../error.ts";
import type { OpenFleet } from "../tags/open-fleet.ts";
import type { Target } from "../verify/choose-targets.ts";
import type { StoredPlace, World } from "../world.ts";
import { type ReadImage, readImage } from "./read-image.ts";

/** An image that was asked for, read. */
export interface ReadTarget {
  readonly name: string;
  /** Undefined for what has no manifest: a folder. */
  readonly digest: Digest | undefined;
  /** In words, why that content. */
  readonly source: string;
  /** Undefined for what lies in no registry. */
  readonly at: Repository | undefined;
  /** As OCI writes it: `linux/amd64`. */
  readonly platform: string;
  /** As Python calls it: `x86_64`. */
  readonly machine: string;
  readonly node: ImageNode | undefined;
  readonly image: ReadImage;
}

/** Reads images of the fleet one after the other; what has no content yet is left, with why. */
export async function readTargets(
  world: World,
  { fleet, host }: OpenFleet,
  {
    targets,
    questions,
  }: {
    /** Without a platform, on the first of the blueprint. */
    readonly targets: readonly (Pick<Target, "node" | "digest" | "repository" | "source"> & {
      readonly platform?: string;
    })[];
    readonly questions: readonly ContentQuestion[];
  },
): Promise<{
  readonly read: readonly ReadTarget[];
  readonly left: readonly { readonly name: string; readonly why: string }[];
}> {
  const { graph, blueprint } = fleet;
  const { insecure, mirrors } = blueprint.build;
  const first = firstPlatform(blueprint);
  const read: ReadTarget[] = [];
  for (const { node, digest, repository, source, platform = first } of targets) {
    const { name } = node;
    if (digest === undefined) continue;
    const machine = machineIn(platform);
    const image = await readImage(world, {
      place: { kind: "registry", ref: { host, repository, digest } },
      questions,
      platform: parsePlatform(platform),
      settings: { insecure, mirrors },
      of: { graph, node },
    });
    read.push({ name, digest, source, at: { host, repository }, platform, machine, node, image });
  }
  return { read, left: notThere(targets) };
}

/** Those that have no content yet, with why. */
export function notThere(
  targets: readonly Pick<Target, "node" | "digest" | "source">[],
): readonly { readonly name: string; readonly why: string }[] {
  return targets.flatMap(({ node, digest, source }) =>
    digest === undefined ? [{ name: node.name, why: source }] : [],
  );
}

/** Reads an image by where it lies, in a fleet or not. */
export async function readPlace(
  world: World,
  place: StoredPlace,
  questions: readonly ContentQuestion[],
): Promise<ReadTarget> {
  const platform = parsePlatform(DEFAULT_PLATFORM);
  const image = await readImage(world, {
    place,
    questions,
    platform,
    settings: { insecure: [], mirrors: {} },
  });
  return {
    name: image.name,
    digest: image.digest,
    source: place.kind,
    // Without its tag: whoever pushes there must not move it.
    at: place.kind === "registry" ? { host: place.ref.host, repository: place.ref.repository } : undefined,
    platform: DEFAULT_PLATFORM,
    machine: machineIn(DEFAULT_PLATFORM),
    node: undefined,
    image,
  };
}

function machineIn(platform: string): string {
  const machine = machineOf(platform);
  if (machine === undefined)
    throw new FlowError("AUDIT_PLATFORM", `expected a Linux platform, found ${platform}`);
  return machine;
}

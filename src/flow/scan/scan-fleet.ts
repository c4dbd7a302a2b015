import type { Digest } from "../../core/base/digest.ts";
import { type ImageGraph, withDependents } from "../../core/graph/image-graph.ts";
import type { ScanReport } from "../../core/policy/gates/gate.ts";
import { openFleet } from "../tags/open-fleet.ts";
import { chooseTargets, type Target } from "../verify/choose-targets.ts";
import type { World } from "../world.ts";
import { newestBase } from "./newest-base.ts";
import { recordScan } from "./record-scan.ts";
import type { ScanTarget } from "./scan-target.ts";
import { scanTargets } from "./scan-targets.ts";

export interface ScanFlags {
  /** Names of the fleet; all of the newest release where there is none. */
  readonly images: readonly string[];
  /** Also what is built on them. */
  readonly dependents: boolean;
  /** What this tree makes, instead of what was released. */
  readonly tree?: boolean;
  /** Keep what was found in the ledger. */
  readonly keep: boolean;
}

/** Judges released images again by what is known today; or those of the tree, as a release of it would. */
export async function scanFleet(world: World, flags: ScanFlags): Promise<ScanReport> {
  const open = await openFleet(world);
  const { graph } = open.fleet;
  const names = flags.dependents ? withDependents(graph, flags.images) : flags.images;
  const { targets, release, left } = await chooseTargets(world, open, names, flags);
  const isTree = flags.tree === true;
  const digests = isTree
    ? treeDigests(targets)
    : new Map(release?.images.map(({ name, digest }) => [name, digest]));
  const of = isTree ? "this tree" : release === undefined ? "no release" : `release ${release.tag}`;
  const held = targets.flatMap(({ node, repository, digest, identity, baseDigest }): ScanTarget[] => {
    if (digest === undefined) return [];
    const isReleased = digests.get(node.name) === digest;
    return [
      {
        node,
        repository,
        digest,
        identity,
        baseDigest,
        newestBase: newestBase(open.fleet, node, { digests, of }),
        tag: isReleased && release !== undefined ? { name: release.tag, released: true } : undefined,
      },
    ];
  });
  const report = await scanTargets(world, open, {
    targets: inOrder(graph, held),
    release: release?.tag ?? null,
    left: [
      ...targets.flatMap(({ node, digest, source }) =>
        digest === undefined ? [{ name: node.name, why: source, asked: true }] : [],
      ),
      ...(names.length > 0
        ? [...graph.nodes.keys()]
            .filter((name) => !names.includes(name))
            .map((name) => ({ name, why: "not asked for", asked: false }))
        : left.map((name) => ({ name, why: `not in ${of}`, asked: false }))),
    ],
  });
  if (flags.keep) await recordScan(open, report, world.version);
  return report;
}

/** By image, what the tree makes: of those that are judged, and of what they stand on. */
function treeDigests(targets: readonly Target[]): ReadonlyMap<string, Digest> {
  return new Map(
    targets.flatMap(({ node, digest, baseDigest }) => [
      ...(node.base === undefined || baseDigest === undefined ? [] : [[node.base.name, baseDigest] as const]),
      ...(digest === undefined ? [] : [[node.name, digest] as const]),
    ]),
  );
}

/** Parents first, as the graph has them. */
function inOrder({ nodes }: ImageGraph, targets: readonly ScanTarget[]): readonly ScanTarget[] {
  const places = new Map([...nodes.keys()].map((name, index) => [name, index]));
  const placeOf = ({ node }: ScanTarget): number => places.get(node.name) ?? 0;
  return targets.toSorted((one, other) => placeOf(one) - placeOf(other));
}

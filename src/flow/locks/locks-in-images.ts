import { baseChain, type StageOf } from "../../core/policy/locks/base-chain.ts";
import { rootFacts } from "../../core/policy/locks/image-python.ts";
import type { InheritedLock, LockFacts, LockInImage } from "../../core/policy/locks/lock-facts.ts";
import { findInstalls, type ImageInstalls, type LockUse } from "../../core/policy/locks/lock-uses.ts";
import { joinInside } from "../../core/policy/locks/named-files.ts";
import type { LostLock } from "../../core/policy/locks/rules/locked-installs.ts";
import type { Fleet } from "../load-fleet.ts";
import { createLockReader, type LockReader } from "./read-lock.ts";

export interface FleetLocks {
  /** Each lock that an image installs, once; by path. */
  readonly locks: readonly LockFacts[];
  readonly uses: readonly LockInImage[];
  readonly installs: ReadonlyMap<string, ImageInstalls>;
  /** By image. */
  readonly lost: ReadonlyMap<string, readonly LostLock[]>;
}

/** Which locks the images of a fleet install, found from their Dockerfiles, and what each was made of. */
export async function readFleetLocks(fleet: Fleet): Promise<FleetLocks> {
  const reader = createLockReader(fleet.tree);
  const installs = findInstalls(fleet.graph);
  const found = new Map<LockUse, LockFacts>();
  const lost = new Map<string, LostLock[]>();
  for (const [image, { uses }] of installs) {
    for (const use of uses) {
      const facts = await locate(reader, use);
      if (facts !== undefined) found.set(use, facts);
      else lost.set(image, [...(lost.get(image) ?? []), { written: use.written, at: use.at }]);
    }
  }
  const locks = new Map([...found.values()].map((facts) => [facts.lock.path, facts]));
  const uses = [...found].map(([use, facts]) => useInImage(fleet, { use, facts, installs, found }));
  return { locks: [...locks.values()], uses: distinct(uses), installs, lost };
}

async function locate(reader: LockReader, { places }: LockUse): Promise<LockFacts | undefined> {
  for (const { folder, path } of places) {
    // BuildKit takes a source for a path from the context's root, whatever it begins with.
    const inside = joinInside("", path.replace(/^\/+/, ""));
    const place = inside === undefined ? undefined : joinInside(folder, inside);
    const facts = place === undefined ? undefined : await reader.read(place);
    if (facts !== undefined) return facts;
  }
  return undefined;
}

interface Found {
  readonly use: LockUse;
  readonly facts: LockFacts;
  readonly installs: ReadonlyMap<string, ImageInstalls>;
  readonly found: ReadonlyMap<LockUse, LockFacts>;
}

function useInImage(fleet: Fleet, { use, facts, installs, found }: Found): LockInImage {
  const { graph, lock, blueprint } = fleet;
  const node = graph.nodes.get(use.image);
  const chain = node === undefined ? undefined : baseChain(graph, { node, stage: use.stage });
  const root = chain?.root;
  const below = (chain?.below ?? []).flatMap((stage) => usesOf(installs, stage));
  return {
    image: use.image,
    facts,
    at: use.at,
    commandPython: use.python,
    root: root === undefined ? undefined : rootFacts(root, lock?.roots[root.name]),
    platforms: blueprint.platforms,
    inherited: below.flatMap((other): InheritedLock[] => {
      const theirs = found.get(other);
      return theirs === undefined || !sameEnvironment(use, other)
        ? []
        : [{ image: other.image, facts: theirs }];
    }),
  };
}

function usesOf(installs: ReadonlyMap<string, ImageInstalls>, { node, stage }: StageOf): readonly LockUse[] {
  return installs.get(node.name)?.uses.filter((use) => use.stage === stage) ?? [];
}

/** Two virtual environments of one image hold different versions without harm; what is not told counts as the same. */
function sameEnvironment(one: LockUse, other: LockUse): boolean {
  return (
    one.environment === undefined || other.environment === undefined || one.environment === other.environment
  );
}

/** A lock that an image reads in two commands is judged once. */
function distinct(uses: readonly LockInImage[]): readonly LockInImage[] {
  return [...new Map(uses.map((use) => [`${use.image} ${use.facts.lock.path}`, use])).values()];
}

import { type IndexFacts, type Pin, pinKey } from "../../core/policy/locks/index-facts.ts";
import { judgeLock, judgeUse } from "../../core/policy/locks/judge-locks.ts";
import type { LockFacts } from "../../core/policy/locks/lock-facts.ts";
import { pinsToAsk } from "../../core/policy/locks/rules/index-listing.ts";
import { installsVerdict } from "../../core/policy/locks/rules/locked-installs.ts";
import type { Verdict } from "../../core/policy/verdict.ts";
import type { Fleet } from "../load-fleet.ts";
import type { World } from "../world.ts";
import { type FleetLocks, readFleetLocks } from "./locks-in-images.ts";

export interface LockFlags {
  /** Also ask the package index whether it lists each hash. */
  readonly online: boolean;
}

const OFFLINE: IndexFacts = {
  state: "not-asked",
  why: "the package index was not asked",
  hint: "`lapstrake check --locks --online`",
};

/**
 * Every verdict about the locks that a fleet's images install. Reads the tree only, and with `online` asks the package
 * index through this host's Python client.
 */
export async function verifyLocks(
  world: World,
  fleet: Fleet,
  { online }: LockFlags,
): Promise<readonly Verdict[]> {
  const locks = await readFleetLocks(fleet);
  const indexes = online ? await askIndex(world, locks) : new Map<LockFacts, IndexFacts>();
  return [
    ...[...fleet.graph.nodes.values()].flatMap((node) => {
      const installs = locks.installs.get(node.name) ?? { uses: [], unlocked: [] };
      return installsVerdict(node, installs, locks.lost.get(node.name) ?? []);
    }),
    ...locks.locks.flatMap((facts) => judgeLock(facts, indexes.get(facts) ?? OFFLINE)),
    ...locks.uses.flatMap(judgeUse),
  ];
}

/** One question for each interpreter, since an index may hold files of a version for one and not for another. */
async function askIndex(
  world: World,
  { locks, uses }: FleetLocks,
): Promise<ReadonlyMap<LockFacts, IndexFacts>> {
  const groups = new Map<string, LockFacts[]>();
  for (const facts of locks) {
    const use = uses.find((each) => each.facts === facts);
    const python = use?.commandPython ?? use?.root?.python ?? facts.header?.python ?? "";
    groups.set(python, [...(groups.get(python) ?? []), facts]);
  }
  const index = world.packageIndex();
  const answers = new Map<LockFacts, IndexFacts>();
  for (const [python, group] of groups) {
    const pins = distinctPins(group);
    const message = `asking the package index about ${pins.length} versions${python === "" ? "" : ` for Python ${python}`}`;
    world.onEvent({ type: "note", level: "info", message });
    const options = { signal: world.kill, ...(python === "" ? {} : { python }) };
    const answer = await index.ask(pins, options);
    for (const facts of group) answers.set(facts, answer);
  }
  return answers;
}

function distinctPins(locks: readonly LockFacts[]): readonly Pin[] {
  const pins = locks.flatMap(({ requirements }) => pinsToAsk(requirements));
  return [...new Map(pins.map((pin) => [pinKey(pin), pin])).values()];
}

import { type ImageGraph, withDependents } from "../../core/graph/image-graph.ts";
import type { ChildUse } from "../../core/policy/audit/audit-image.ts";
import { buildSteps } from "../../core/policy/audit/build-uses.ts";
import { type OpenFleet, openFleet } from "../tags/open-fleet.ts";
import { chooseTargets, type Target } from "../verify/choose-targets.ts";
import type { World } from "../world.ts";
import { auditQuestions } from "./audit-questions.ts";
import type { AuditAsk, AuditedTarget, AuditReport } from "./audit-report.ts";
import { auditTarget, NO_CHILDREN, usedOf } from "./audit-target.ts";
import { type KeptAsk, KeptAudits } from "./kept-audits.ts";
import { notThere, readTargets } from "./read-targets.ts";
import { sourceReader } from "./source-reader.ts";

/** Images of the newest release, each with what is built on it; what was said of them before is not made anew. */
export async function auditFleet(world: World, ask: AuditAsk): Promise<AuditReport> {
  const { images, dependents, alone } = ask;
  const open = await openFleet(world);
  const { graph } = open.fleet;
  // Unknown names are told by `chooseTargets`, which takes them as they are.
  const named = dependents ? [...new Set([...images, ...withDependents(graph, images)])] : images;
  const chosen = await chooseTargets(world, open, named);
  const asked = chosen.targets.map(({ node }) => node.name);
  const below = alone ? [] : withDependents(graph, asked).filter((name) => !asked.includes(name));
  const others = below.length === 0 ? [] : (await chooseTargets(world, open, below)).targets;
  const all = new Map([...chosen.targets, ...others].map((target) => [target.node.name, target]));
  const asks = asked.map((name): KeptAsk => {
    const names = alone ? [name] : withDependents(graph, [name]);
    return { name, alone, targets: names.flatMap((each) => all.get(each) ?? []) };
  });
  const kept = new KeptAudits(world, open);
  const found = ask.reached ? undefined : findAll(kept, asks, all);
  const { reports, left } = found ?? (await readAll(world, open, { ask, asks, kept, all }));
  if (images.length === 0 && !alone) await kept.save();
  return { release: chosen.release?.tag, images: reports, left, state: open.state };
}

interface FleetReports {
  readonly reports: readonly AuditedTarget[];
  readonly left: AuditReport["left"];
}

/** Where all of it was said before, nothing is read. */
function findAll(
  kept: KeptAudits,
  asks: readonly KeptAsk[],
  all: ReadonlyMap<string, Target>,
): FleetReports | undefined {
  const reports: AuditedTarget[] = [];
  for (const each of asks) {
    const target = all.get(each.name);
    if (target?.digest === undefined) continue;
    const audit = kept.find(each);
    if (audit === undefined) return undefined;
    const { digest, source } = target;
    reports.push({ name: each.name, digest, source, ofFleet: true, audit });
  }
  return { reports, left: notThere([...all.values()]) };
}

interface FleetAsk {
  readonly ask: AuditAsk;
  readonly asks: readonly KeptAsk[];
  readonly kept: KeptAudits;
  readonly all: ReadonlyMap<string, Target>;
}

/**
 * One image after the other, those that are built on others first: of each only what it uses is remembered, so that no more
 * than one is in memory with all its files.
 */
async function readAll(
  world: World,
  open: OpenFleet,
  { ask, asks, kept, all }: FleetAsk,
): Promise<FleetReports> {
  const { graph, blueprint } = open.fleet;
  const sources = await sourceReader(world);
  const questions = auditQuestions(sources);
  const byName = new Map(asks.map((each) => [each.name, each]));
  const used = new Map<string, ChildUse["use"]>();
  const reports = new Map<string, AuditedTarget>();
  for (const name of [...graph.nodes.keys()].reverse()) {
    const targets = [...all.values()].filter(({ node }) => node.name === name);
    const [read] = (await readTargets(world, open, { targets, questions })).read;
    if (read === undefined) continue;
    const target = usedOf(read, sources);
    const { packages, files, python } = target.use;
    used.set(name, { packages, files, startsPython: python.some(({ isStarted }) => isStarted) });
    const asked = byName.get(name);
    if (asked === undefined) continue;
    const around = ask.alone
      ? NO_CHILDREN
      : { children: childrenOf(graph, name, used), steps: buildSteps(graph, name) };
    const report = await auditTarget(world, target, { ...around, machines: blueprint.machines, ask });
    reports.set(name, report);
    kept.keep(asked, report.audit);
  }
  return {
    reports: asks.flatMap(({ name }) => reports.get(name) ?? []),
    left: notThere([...all.values()]),
  };
}

/** All images that stand on this one, each with the direct child that it stands on. */
function childrenOf(
  graph: ImageGraph,
  parent: string,
  used: ReadonlyMap<string, ChildUse["use"]>,
): readonly ChildUse[] {
  const below = withDependents(graph, [parent]).filter((name) => name !== parent);
  return below.flatMap((name): ChildUse[] => {
    const use = used.get(name);
    const direct = directChild(graph, parent, name);
    return use === undefined || direct === undefined ? [] : [{ name, use, direct }];
  });
}

/** Up the bases; undefined where it only copies from the parent. */
function directChild(graph: ImageGraph, parent: string, name: string): string | undefined {
  for (let each = name; ; ) {
    const base = graph.nodes.get(each)?.base;
    if (base?.kind !== "image") return undefined;
    if (base.name === parent) return each;
    each = base.name;
  }
}

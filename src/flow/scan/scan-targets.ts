import { canaryTrials } from "../../core/policy/gates/canary-trials.ts";
import type { ScanReport } from "../../core/policy/gates/gate.ts";
import type { ReportSubject } from "../../core/policy/gates/scan-report.ts";
import { scanReport } from "../../core/policy/gates/scan-report.ts";
import type { ScanSubject, VulnerabilitySource } from "../../edge/scanner/port.ts";
import type { ParseCache } from "../../edge/tree/port.ts";
import type { OpenFleet } from "../tags/open-fleet.ts";
import type { World } from "../world.ts";
import { askSources, type SourceView } from "./ask-sources.ts";
import { attachedSboms } from "./attached-sboms.ts";
import { canaryContents, examineCanaries } from "./examine-canaries.ts";
import type { Examined } from "./examine-image.ts";
import { examineTargets } from "./examine-targets.ts";
import { inTargetOrder } from "./in-target-order.ts";
import { readPolicy, type ScanPolicy } from "./read-policy.ts";
import { readReductions } from "./read-reductions.ts";
import { baseFacts, placeOf, type ScanTarget } from "./scan-target.ts";
import { tagFacts } from "./tag-facts.ts";

export interface ScanAsk {
  /** Parents first. */
  readonly targets: readonly ScanTarget[];
  /** The tag of the release that they are of. */
  readonly release: string | null;
  readonly left: ScanReport["left"];
}

/** An image with what is in it. */
export interface ReadTarget {
  readonly target: ScanTarget;
  readonly examined: Examined;
}

/**
 * Every gate of the policy over these images, with its canaries in the same run. What cannot be told is a verdict; what the
 * registry refuses is thrown.
 */
export async function scanTargets(world: World, open: OpenFleet, ask: ScanAsk): Promise<ScanReport> {
  const { fleet } = open;
  const policy = await readPolicy(world, fleet);
  const memory = world.parsed(fleet.folder, "scan");
  const { read, unread } = await readContents(world, open, { targets: ask.targets, memory });
  const scratch = await open.state.scratch();
  try {
    const canaries = await examineCanaries(world, scratch.path);
    const planted = canaries.flatMap(({ subject }) => subject ?? []);
    const views = await answersOf(world, open, policy, [
      ...read.map((each) => subjectOf(open, each)),
      ...planted,
    ]);
    const report = scanReport({
      fleet: fleet.blueprint.fleet,
      release: ask.release,
      ...policy,
      subjects: await subjectsOf(world, open, { read, views, policy, memory }),
      unread,
      left: ask.left,
      trials: canaryTrials(canaryContents(canaries, views.slice(read.length))),
    });
    return { ...report, images: inTargetOrder(report.images, ask.targets) };
  } finally {
    await memory.save();
    await scratch.remove();
  }
}

interface Reading {
  readonly targets: readonly ScanTarget[];
  readonly memory: ParseCache;
}

async function readContents(world: World, open: OpenFleet, { targets, memory }: Reading) {
  const examinations = await examineTargets(world, open, { targets, memory });
  const all = targets.flatMap((target, index) => {
    const examination = examinations[index];
    return examination === undefined ? [] : [{ target, examination }];
  });
  return {
    read: all.flatMap(({ target, examination }): readonly ReadTarget[] =>
      examination.state === "read" ? [{ target, examined: examination.examined }] : [],
    ),
    unread: all.flatMap(({ target, examination }) =>
      examination.state === "read" ? [] : [{ ...placeOf(open.fleet.graph, target), ...examination }],
    ),
  };
}

/** No source is even looked for where the gate is off. */
async function answersOf(
  world: World,
  { fleet }: OpenFleet,
  { gates, asOf }: ScanPolicy,
  subjects: readonly ScanSubject[],
): Promise<readonly SourceView[]> {
  const { insecure, mirrors } = fleet.blueprint.build;
  const sources: readonly VulnerabilitySource[] =
    gates.off.vulnerabilities === undefined
      ? await world.vulnerabilitySources({
          policy: gates.vulnerabilities,
          folder: fleet.folder,
          asOf,
          settings: { insecure, mirrors },
        })
      : [];
  // Nothing is lost with an answer, so the first Ctrl-C ends what looks for one.
  const signal = AbortSignal.any([world.drain, world.kill]);
  return askSources(sources, subjects, { asOf, folder: fleet.folder, signal });
}

function subjectOf({ host, fleet }: OpenFleet, { target, examined }: ReadTarget): ScanSubject {
  const { node, repository, digest } = target;
  const [platform = "linux/amd64"] = fleet.blueprint.platforms;
  return { name: node.name, at: { host, repository, digest }, platform, sbom: examined.sbom };
}

interface Gathered {
  readonly read: readonly ReadTarget[];
  /** Of `read`, then of the canaries. */
  readonly views: readonly SourceView[];
  readonly policy: ScanPolicy;
  readonly memory: ParseCache;
}

async function subjectsOf(
  world: World,
  open: OpenFleet,
  { read, views, policy, memory }: Gathered,
): Promise<readonly ReportSubject[]> {
  const { fleet } = open;
  const [attached, tags, reductions] = await Promise.all([
    attachedSboms(world, open, { images: read, memory }),
    tagFacts(
      world,
      open,
      read.map(({ target }) => target),
    ),
    readReductions(fleet, policy.gates, read),
  ]);
  return read.map(({ target, examined }, index) => ({
    ...placeOf(fleet.graph, target),
    ...examined,
    ...(views[index] ?? { sources: [], vulnerabilities: [], undecided: [] }),
    budget: fleet.blueprint.budgets[target.node.declared.tier],
    attached: attached[index] ?? { state: "missing", why: "nobody looked" },
    base: baseFacts(target, examined),
    tag: tags[index],
    reduction: reductions.get(target.node.name),
  }));
}

import type { SbomSystem } from "../../core/audit/sbom/sbom.ts";
import { canaryTrials } from "../../core/policy/gates/canary-trials.ts";
import type { ScanReport } from "../../core/policy/gates/gate.ts";
import type { ReportSubject, UnreadSubject } from "../../core/policy/gates/scan-report.ts";
import { scanReport } from "../../core/policy/gates/scan-report.ts";
import type { ScanSubject, VulnerabilitySource } from "../../edge/scanner/port.ts";
import type { ParseCache } from "../../edge/tree/port.ts";
import type { OpenFleet } from "../tags/open-fleet.ts";
import type { World } from "../world.ts";
import { askSources, type SourceView } from "./ask-sources.ts";
import { attachedSboms } from "./attached-sboms.ts";
import { canaryContents, examineCanaries } from "./examine-canaries.ts";
import type { Examined } from "./examine-image.ts";
import { examineTargets, type PlatformExamination } from "./examine-targets.ts";
import { readPolicy, type ScanPolicy } from "./read-policy.ts";
import { readReductions } from "./read-reductions.ts";
import { rootTags } from "./root-tags.ts";
import { baseFacts, placeOf, type ScanTarget } from "./scan-target.ts";
import { tagFacts } from "./tag-facts.ts";

export interface ScanAsk {
  /** Parents first. */
  readonly targets: readonly ScanTarget[];
  /** The tag of the release that they are of. */
  readonly release: string | null;
  readonly left: ScanReport["left"];
}

/** An image with what is in it on one platform. */
export interface ReadTarget {
  readonly target: ScanTarget;
  /** As OCI writes it. */
  readonly platform: string;
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
  try {
    return await judgeContents(world, open, ask, {
      ...(await readContents(world, open, { targets: ask.targets, memory })),
      policy,
      memory,
    });
  } finally {
    await memory.save();
  }
}

interface Contents {
  readonly read: readonly ReadTarget[];
  readonly unread: readonly UnreadSubject[];
  readonly policy: ScanPolicy;
  readonly memory: ParseCache;
}

async function judgeContents(
  world: World,
  open: OpenFleet,
  { targets, release, left }: ScanAsk,
  { read, unread, policy, memory }: Contents,
): Promise<ScanReport> {
  const scratch = await open.state.scratch();
  try {
    const canaries = await examineCanaries(world, scratch.path, systemOf(read));
    const planted = canaries.flatMap(({ subject }) => subject ?? []);
    const views = await answersOf(world, open, policy, [
      ...read.map((each) => subjectOf(open, each)),
      ...planted,
    ]);
    const report = scanReport({
      fleet: open.fleet.blueprint.fleet,
      release,
      ...policy,
      subjects: await subjectsOf(world, open, { read, views, policy, memory }),
      unread,
      left,
      trials: canaryTrials(canaryContents(canaries, views.slice(read.length))),
    });
    return { ...report, images: inOrder(report.images, targets) };
  } finally {
    await scratch.remove();
  }
}

/** What could not be read keeps its place among the others. */
function inOrder(images: ScanReport["images"], targets: readonly ScanTarget[]): ScanReport["images"] {
  const places = new Map(targets.map(({ node }, index) => [node.name, index]));
  const placeOfImage = ({ name }: ScanReport["images"][number]): number => places.get(name) ?? 0;
  return images.toSorted((one, other) => placeOfImage(one) - placeOfImage(other));
}

/** The first that is known: of a fleet that mixes distributions the canaries are of one. */
function systemOf(read: readonly ReadTarget[]): SbomSystem | undefined {
  return read.find(({ examined }) => examined.sbom.system !== undefined)?.examined.sbom.system;
}

interface Reading {
  readonly targets: readonly ScanTarget[];
  readonly memory: ParseCache;
}

async function readContents(world: World, open: OpenFleet, { targets, memory }: Reading) {
  const examined = await examineTargets(world, open, { targets, memory });
  const read: ReadTarget[] = [];
  const unread: UnreadSubject[] = [];
  for (const [index, target] of targets.entries()) {
    const parts = examined[index] ?? [];
    const own = parts.flatMap(({ platform, examination }) =>
      examination.state === "read" ? [{ target, platform, examined: examination.examined }] : [],
    );
    // One tag leads to all platforms: what is known of some is not what is known of the image.
    if (own.length === parts.length && own.length > 0) read.push(...own);
    else unread.push({ ...placeOf(open.fleet.graph, target), ...whyUnread(parts) });
  }
  return { read, unread };
}

function whyUnread(parts: readonly PlatformExamination[]): Pick<UnreadSubject, "state" | "why"> {
  const failed = parts.flatMap(({ platform, examination }) =>
    examination.state === "read" ? [] : [{ ...examination, platform }],
  );
  const whys = failed.map(({ platform, why }) => (parts.length > 1 ? `${platform}: ${why}` : why));
  const state = failed.some((each) => each.state === "error") ? "error" : "unknown";
  return { state, why: whys.join("; ") || "nobody looked at it" };
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

function subjectOf({ host }: OpenFleet, { target, platform, examined }: ReadTarget): ScanSubject {
  const { node, repository, digest } = target;
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
  const [attached, tags, roots, reductions] = await Promise.all([
    attachedSboms(world, open, { images: read, memory }),
    tagFacts(
      world,
      open,
      read.map(({ target }) => target),
    ),
    rootTags(world, open, { names: rootsOf(read), policy }),
    readReductions(fleet, policy.gates, read),
  ]);
  return read.map(({ target, platform, examined }, index) => ({
    ...placeOf(fleet.graph, target),
    platform,
    ...examined,
    ...(views[index] ?? { sources: [], vulnerabilities: [], undecided: [] }),
    budget: fleet.blueprint.budgets[target.node.declared.tier],
    attached: attached[index] ?? { state: "missing", why: "nobody looked" },
    base: baseFacts(target, examined, roots),
    tag: tags[index],
    reduction: reductions.get(target.node.name),
  }));
}

/** The roots that images stand on themselves. */
function rootsOf(read: readonly ReadTarget[]): ReadonlySet<string> {
  return new Set(
    read.flatMap(({ target: { node } }) => (node.base?.kind === "root" ? [node.base.name] : [])),
  );
}

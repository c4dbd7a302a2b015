import { importsQuestion, LINKS_QUESTION } from "../../core/audit/image/audit-question.ts";
import type { ContentQuestion } from "../../core/audit/image/layer-facts.ts";
import { type Digest } from "../../core/base/digest.ts";
import { type ImageGraph, withDependents } from "../../core/graph/image-graph.ts";
import { parseImagePlace } from "../../core/oci/image-place.ts";
import type { AuditFacts } from "../../core/policy/audit/audit-facts.ts";
import {
  type AuditSurroundings,
  auditImage,
  type BroughtBy,
  type ChildUse,
} from "../../core/policy/audit/audit-image.ts";
import { buildSteps } from "../../core/policy/audit/build-uses.ts";
import type { ImageAudit } from "../../core/policy/audit/image-audit.ts";
import { type ImageUse, imageUse } from "../../core/policy/audit/image-use.ts";
import type { LayerOrigin } from "../../core/policy/audit/layer-origins.ts";
import { type Reached, reachedByPath } from "../../core/policy/audit/reached-by-path.ts";
import { type OpenFleet, openFleet } from "../tags/open-fleet.ts";
import { chooseTargets, type Target } from "../verify/choose-targets.ts";
import type { FleetState, World } from "../world.ts";
import { findSuppliers } from "./find-suppliers.ts";
import { type AuditedImage, gatherFacts } from "./gather-facts.ts";
import { type KeptAsk, KeptAudits } from "./kept-audits.ts";
import { notThere, type ReadTarget, readPlace, readTargets } from "./read-targets.ts";
import { sourceReader } from "./source-reader.ts";

export interface AuditAsk {
  /** Images of the fleet by name, or any image by its place (`parseImagePlace`); all of the newest release where there is none. */
  readonly images: readonly string[];
  /** Also all that is built on the named ones of the fleet. */
  readonly dependents: boolean;
  /** Judge each by itself: what images built on it use counts for nothing. */
  readonly alone: boolean;
  /** Also every file that is reached, for who follows chains. */
  readonly reached: boolean;
}

export interface AuditReport {
  readonly release: string | undefined;
  readonly images: readonly AuditedTarget[];
  /** Images of the fleet that were asked for or built on those, and are not there to be read. */
  readonly left: readonly { readonly name: string; readonly why: string }[];
  /** Of the fleet, where what was found is kept; undefined where nothing of a fleet was asked for. */
  readonly state: FleetState | undefined;
}

export interface AuditedTarget {
  readonly name: string;
  /** Undefined for what has no manifest: a folder. */
  readonly digest: Digest | undefined;
  readonly source: string;
  /** One of the fleet's, and not found by a place. */
  readonly ofFleet: boolean;
  readonly audit: ImageAudit;
  readonly reached?: Reached;
  /** Why nobody could say which packages bring what is missing. */
  readonly unasked?: string;
}

/** Reads images and what is built on them, once per layer ever, and says what each needs, has, lacks and wastes. */
export async function auditImages(world: World, ask: AuditAsk): Promise<AuditReport> {
  const places = ask.images.map(parseImagePlace);
  const names = places.flatMap((place) => (place.kind === "fleet" ? [place.name] : []));
  const others: AuditedTarget[] = [];
  for (const place of places) {
    if (place.kind === "fleet") continue;
    const target = usedOf(await readPlace(world, place, await questionsOf(world)));
    others.push(await audited(world, target, { ...NO_CHILDREN, machines: [], ask }));
  }
  if (names.length === 0 && others.length > 0)
    return { release: undefined, images: others, left: [], state: undefined };
  const fleet = await auditFleet(world, { ...ask, images: names });
  return { ...fleet, images: [...fleet.images, ...others] };
}

async function questionsOf(world: World): Promise<readonly ContentQuestion[]> {
  return [LINKS_QUESTION, importsQuestion(await sourceReader(world))];
}

const NO_CHILDREN = { children: [], steps: [] };

/** An image with what it uses. */
interface UsedTarget extends Omit<ReadTarget, "image"> {
  readonly use: ImageUse;
  readonly originOf: AuditSurroundings["originOf"];
  /** That its layers were made by. */
  readonly commands: readonly string[];
}

function usedOf({ image, ...target }: ReadTarget): UsedTarget {
  const { facts, origins } = gatherFacts(image, image.config?.config ?? {});
  return {
    ...target,
    use: imageUse(facts),
    originOf: broughtBy(origins, image.origins),
    commands: commandsOf(image.origins),
  };
}

async function auditFleet(world: World, ask: AuditAsk): Promise<AuditReport> {
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

async function readAll(
  world: World,
  open: OpenFleet,
  {
    ask,
    asks,
    kept,
    all,
  }: {
    readonly ask: AuditAsk;
    readonly asks: readonly KeptAsk[];
    readonly kept: KeptAudits;
    readonly all: ReadonlyMap<string, Target>;
  },
): Promise<FleetReports> {
  const { graph, blueprint } = open.fleet;
  const { machines } = blueprint;
  const targets = [...all.values()];
  const { read, left } = await readTargets(world, open, { targets, questions: await questionsOf(world) });
  const used = new Map(read.map((target) => [target.name, usedOf(target)]));
  const reports: AuditedTarget[] = [];
  for (const each of asks) {
    const target = used.get(each.name);
    if (target === undefined) continue;
    const { name } = each;
    const surroundings = ask.alone
      ? NO_CHILDREN
      : { children: childrenOf(graph, name, used), steps: buildSteps(graph, name) };
    const report = await audited(world, target, { ...surroundings, machines, ask });
    reports.push(report);
    kept.keep(each, report.audit);
  }
  return { reports, left };
}

async function audited(
  world: World,
  { name, digest, source, node, machine, use, originOf, commands }: UsedTarget,
  { ask, ...around }: Pick<AuditSurroundings, "children" | "steps" | "machines"> & { readonly ask: AuditAsk },
): Promise<AuditedTarget> {
  const audit = auditImage(use, { ...around, name: node?.name, machine, originOf, commands });
  const ofFleet = node !== undefined;
  return {
    name,
    digest,
    source,
    ofFleet,
    ...(await supply(world, audit, use.facts)),
    ...reachedIn(use, ask),
  };
}

function reachedIn(use: ImageUse, { reached }: AuditAsk): Pick<AuditedTarget, "reached"> {
  return reached ? { reached: reachedByPath(use) } : {};
}

async function supply(
  world: World,
  audit: ImageAudit,
  { tree, packages }: AuditFacts,
): Promise<Pick<AuditedTarget, "audit" | "unasked">> {
  const { audit: supplied, why } = await findSuppliers(
    world.contentsIndex(),
    { audit, tree, architecture: packages?.architecture ?? "amd64" },
    world.kill,
  );
  return why === undefined ? { audit: supplied } : { audit: supplied, unasked: why };
}

function commandsOf(layers: readonly LayerOrigin[]): readonly string[] {
  return layers.flatMap(({ createdBy }) => createdBy ?? []);
}

function broughtBy(packages: AuditedImage["origins"], layers: readonly LayerOrigin[]) {
  return (id: string): BroughtBy | undefined => {
    const layer = packages.get(id)?.layer;
    return layer === undefined ? undefined : { layer, instruction: layers[layer]?.instruction };
  };
}

/** All images that stand on this one, each with the direct child that it stands on. */
function childrenOf(
  graph: ImageGraph,
  parent: string,
  used: ReadonlyMap<string, UsedTarget>,
): readonly ChildUse[] {
  const below = withDependents(graph, [parent]).filter((name) => name !== parent);
  return below.flatMap((name): ChildUse[] => {
    const image = used.get(name);
    const direct = directChild(graph, parent, name);
    return image === undefined || direct === undefined ? [] : [{ name, use: image.use, direct }];
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

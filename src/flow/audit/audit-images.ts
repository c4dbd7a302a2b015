import { importsQuestion, LINKS_QUESTION, type SourceReader } from "../../core/audit/image/audit-question.ts";
import type { ContentQuestion } from "../../core/audit/image/layer-facts.ts";
import { type Digest } from "../../core/base/digest.ts";
import { type ImageGraph, withDependents } from "../../core/graph/image-graph.ts";
import { parseImagePlace } from "../../core/oci/image-place.ts";
import { parsePlatform } from "../../core/oci/parse-platform.ts";
import type { AuditFacts } from "../../core/policy/audit/audit-facts.ts";
import { auditImage, type BroughtBy, type ChildUse } from "../../core/policy/audit/audit-image.ts";
import { buildSteps } from "../../core/policy/audit/build-uses.ts";
import type { ImageAudit } from "../../core/policy/audit/image-audit.ts";
import { type ImageUse, imageUse } from "../../core/policy/audit/image-use.ts";
import type { LayerOrigin } from "../../core/policy/audit/layer-origins.ts";
import { machineOf } from "../../core/policy/locks/platform.ts";
import { FlowError } from "../error.ts";
import { openFleet } from "../tags/open-fleet.ts";
import { chooseTargets } from "../verify/choose-targets.ts";
import type { World } from "../world.ts";
import { findSuppliers } from "./find-suppliers.ts";
import { type AuditedImage, gatherFacts } from "./gather-facts.ts";
import { readImage } from "./read-image.ts";

export interface AuditAsk {
  /** Images of the fleet by name, or any image by its place (`parseImagePlace`); all of the newest release where there is none. */
  readonly images: readonly string[];
  /** Judge each by itself: what images built on it use counts for nothing. */
  readonly alone: boolean;
}

export interface AuditReport {
  readonly release: string | undefined;
  readonly images: readonly AuditedTarget[];
  /** Images of the fleet that were asked for or built on those, and are not there to be read. */
  readonly left: readonly { readonly name: string; readonly why: string }[];
}

export interface AuditedTarget {
  readonly name: string;
  /** Undefined for what has no manifest: a folder. */
  readonly digest: Digest | undefined;
  readonly source: string;
  readonly audit: ImageAudit;
  /** Why nobody could say which packages bring what is missing. */
  readonly unasked?: string;
}

interface Audited extends Pick<AuditedImage, "origins"> {
  readonly name: string;
  readonly digest: Digest | undefined;
  readonly source: string;
  readonly layers: readonly LayerOrigin[];
  readonly use: ImageUse;
}

/** Reads images and what is built on them, once per layer ever, and says what each needs, has, lacks and wastes. */
export async function auditImages(world: World, { images, alone }: AuditAsk): Promise<AuditReport> {
  const places = images.map(parseImagePlace);
  const names = places.flatMap((place) => (place.kind === "fleet" ? [place.name] : []));
  const questions = [LINKS_QUESTION, importsQuestion(await sourceReader(world))];
  const others: AuditedTarget[] = [];
  for (const place of places) {
    if (place.kind === "fleet") continue;
    const platform = parsePlatform(DEFAULT_PLATFORM);
    const settings = { insecure: [], mirrors: {} };
    const read = await readImage(world, { place, questions, platform, settings });
    const { facts, origins } = gatherFacts(read, read.config?.config ?? {});
    const own = auditImage(imageUse(facts), {
      ...NO_CHILDREN,
      name: undefined,
      machines: [],
      machine: machineIn(DEFAULT_PLATFORM),
      originOf: broughtBy(origins, read.origins),
    });
    const supplied = await supply(world, own, facts);
    others.push({ name: read.name, digest: read.digest, source: place.kind, ...supplied });
  }
  if (names.length === 0 && others.length > 0) return { release: undefined, images: others, left: [] };
  const fleet = await auditFleet(world, { images: names, alone }, questions);
  return { ...fleet, images: [...fleet.images, ...others] };
}

const DEFAULT_PLATFORM = "linux/amd64";
const NO_CHILDREN = { children: [], steps: [] };

function machineIn(platform: string): string {
  const machine = machineOf(platform);
  if (machine === undefined)
    throw new FlowError("AUDIT_PLATFORM", `expected a Linux platform, found ${platform}`);
  return machine;
}

async function auditFleet(
  world: World,
  { images, alone }: AuditAsk,
  questions: readonly ContentQuestion[],
): Promise<AuditReport> {
  const open = await openFleet(world);
  const { fleet, host } = open;
  const { graph } = fleet;
  const { build, machines } = fleet.blueprint;
  const [platform = DEFAULT_PLATFORM] = fleet.blueprint.platforms;
  const machine = machineIn(platform);
  const chosen = await chooseTargets(world, open, images);
  const asked = new Set(chosen.targets.map(({ node }) => node.name));
  const below = alone ? [] : withDependents(graph, asked).filter((name) => !asked.has(name));
  const others = below.length === 0 ? [] : (await chooseTargets(world, open, below)).targets;
  const read = new Map<string, Audited>();
  const left: { name: string; why: string }[] = [];
  for (const { node, digest, repository, source } of [...chosen.targets, ...others]) {
    if (digest === undefined) {
      left.push({ name: node.name, why: source });
      continue;
    }
    const image = await readImage(world, {
      place: { kind: "registry", ref: { host, repository, digest } },
      questions,
      platform: parsePlatform(platform),
      settings: { insecure: build.insecure, mirrors: build.mirrors },
      of: { graph, node },
    });
    const gathered = gatherFacts(image, image.config?.config ?? {});
    const use = imageUse(gathered.facts);
    read.set(node.name, {
      origins: gathered.origins,
      layers: image.origins,
      name: node.name,
      digest,
      source,
      use,
    });
  }
  const audited: AuditedTarget[] = [];
  for (const name of asked) {
    const image = read.get(name);
    if (image === undefined) continue;
    const surroundings = alone
      ? NO_CHILDREN
      : { children: childrenOf(graph, name, read), steps: buildSteps(graph, name) };
    const originOf = broughtBy(image.origins, image.layers);
    const audit = auditImage(image.use, { ...surroundings, name, machine, machines, originOf });
    const { digest, source } = image;
    audited.push({ name, digest, source, ...(await supply(world, audit, image.use.facts)) });
  }
  return { release: chosen.release?.tag, images: audited, left };
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
  read: ReadonlyMap<string, Audited>,
): readonly ChildUse[] {
  const below = withDependents(graph, [parent]).filter((name) => name !== parent);
  return below.flatMap((name): ChildUse[] => {
    const image = read.get(name);
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

async function sourceReader(world: World): Promise<SourceReader> {
  const grammar = await world.pythonGrammar();
  return {
    id: "python-3",
    read: (content, interpreter) => grammar.read(content, interpreter === undefined ? {} : { interpreter }),
  };
}

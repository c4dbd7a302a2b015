import { importsQuestion, LINKS_QUESTION, type SourceReader } from "../../core/audit/image/audit-question.ts";
import type { LayerFacts } from "../../core/audit/image/layer-facts.ts";
import { type Digest } from "../../core/base/digest.ts";
import { type ImageGraph, withDependents } from "../../core/graph/image-graph.ts";
import { auditImage, type ChildUse } from "../../core/policy/audit/audit-image.ts";
import { buildSteps } from "../../core/policy/audit/build-uses.ts";
import type { ImageAudit } from "../../core/policy/audit/image-audit.ts";
import { type ImageUse, imageUse } from "../../core/policy/audit/image-use.ts";
import { machineOf } from "../../core/policy/locks/platform.ts";
import { FlowError } from "../error.ts";
import { openFleet } from "../tags/open-fleet.ts";
import { chooseTargets, type Target } from "../verify/choose-targets.ts";
import { type ImageSource, layersIn, readStored } from "../verify/read-stored.ts";
import type { World } from "../world.ts";
import { type AuditedImage, gatherFacts } from "./gather-facts.ts";

export interface AuditAsk {
  /** Names of images; all of the newest release where there is none. */
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
  readonly digest: Digest;
  readonly source: string;
  readonly audit: ImageAudit;
}

interface ReadImage extends AuditedImage {
  readonly target: Target & { readonly digest: Digest };
  readonly use: ImageUse;
}

/** Reads images and what is built on them from the registry, once per layer ever, and says what each needs, has, lacks and wastes. */
export async function auditImages(world: World, { images, alone }: AuditAsk): Promise<AuditReport> {
  const open = await openFleet(world);
  const { fleet, host } = open;
  const { graph } = fleet;
  const chosen = await chooseTargets(world, open, images);
  const asked = new Set(chosen.targets.map(({ node }) => node.name));
  const below = alone ? [] : withDependents(graph, asked).filter((name) => !asked.has(name));
  const others = below.length === 0 ? [] : (await chooseTargets(world, open, below)).targets;
  const layers = await world.layerReader();
  const questions = [LINKS_QUESTION, importsQuestion(await sourceReader(world))];
  const [platform = "linux/amd64"] = fleet.blueprint.platforms;
  const machine = machineOf(platform);
  if (machine === undefined)
    throw new FlowError("AUDIT_PLATFORM", `expected a Linux platform, found ${platform}`);
  const read = new Map<string, ReadImage>();
  const left: { name: string; why: string }[] = [];
  const targets = [...chosen.targets, ...others];
  for (const [index, target] of targets.entries()) {
    const { node, digest, repository, source: why } = target;
    world.onEvent({
      type: "note",
      level: "info",
      message: `${node.name} (${index + 1} of ${targets.length}): reading its layers`,
    });
    const source: ImageSource = {
      registry: open.registry,
      layers,
      at: { host, repository },
      options: { signal: world.kill },
    };
    const stored = digest === undefined ? why : await readStored(source, digest, platform);
    if (typeof stored === "string" || digest === undefined) {
      left.push({ name: node.name, why: typeof stored === "string" ? stored : why });
      continue;
    }
    const facts: LayerFacts[] = [];
    for (const layer of layersIn(source, stored))
      facts.push(await layers.read(layer, questions, source.options));
    const image = gatherFacts(facts, stored.config.config);
    read.set(node.name, { ...image, target: { ...target, digest }, use: imageUse(image.facts) });
  }
  return {
    release: chosen.release?.tag,
    images: [...asked].flatMap((name): AuditedTarget[] => {
      const image = read.get(name);
      if (image === undefined) return [];
      const children = alone ? [] : childrenOf(graph, name, read);
      const steps = alone ? [] : buildSteps(graph, name);
      const layerOf = (key: string): number | undefined => image.origins.get(key)?.layer;
      const { digest, source } = image.target;
      return [{ name, digest, source, audit: auditImage(image.use, { machine, children, steps, layerOf }) }];
    }),
    left,
  };
}

/** All images that stand on this one, each with the direct child that it stands on. */
function childrenOf(
  graph: ImageGraph,
  parent: string,
  read: ReadonlyMap<string, ReadImage>,
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

import type { Digest } from "../base/digest.ts";
import { type Change, changesSince } from "./changes.ts";
import type { DriftClass } from "./drift.ts";
import { type NamedImage, namedImages } from "./engine-images.ts";
import { engineRows } from "./engine-rows.ts";
import { expectedOn } from "./expectation.ts";
import { Knowledge } from "./knowledge.ts";
import type { DeclaredFact, EngineFact, Observation } from "./observed.ts";
import { registryRows } from "./registry-rows.ts";
import { hasDrifted, type InventoryRow } from "./row.ts";
import { measure, type SizeTable } from "./sizes.ts";

export interface EngineSummary {
  readonly name: string;
  readonly state: "read" | "unknown";
  readonly why: string | undefined;
  readonly images: number;
  readonly running: number;
}

/** Blueprint, engines and registry side by side. The same observation gives the same value. */
export interface Inventory {
  readonly registry: { readonly host: string; readonly namespace: string | undefined };
  /** The last release. */
  readonly release: string | undefined;
  readonly engines: readonly EngineSummary[];
  readonly rows: readonly InventoryRow[];
  readonly totals: {
    readonly classes: Readonly<Partial<Record<DriftClass, number>>>;
    /** Bytes in the registry: each image by itself, and each blob once. */
    readonly sum: number;
    readonly unique: number;
  };
  readonly since: { readonly release: string; readonly changes: readonly Change[] } | undefined;
  /** Something disagrees with the release. */
  readonly drifted: boolean;
  /** Something could not be asked. */
  readonly uncertain: boolean;
}

/** What all rows are made with. */
export interface Context {
  readonly observation: Observation;
  readonly sizes: SizeTable;
  /** By engine: its images of the fleet's registry by repository, and the repositories it is expected to hold. */
  readonly engines: readonly EngineView[];
  /** The image of the blueprint in this repository. */
  declaredAs(repository: string): DeclaredFact | undefined;
  knowledgeOf(repository: string): Knowledge;
}

export interface EngineView {
  readonly engine: EngineFact;
  readonly all: readonly NamedImage[];
  readonly ours: ReadonlyMap<string, readonly NamedImage[]>;
  readonly expected: ReadonlySet<string>;
}

export function takeInventory(observation: Observation): Inventory {
  const context = contextOf(observation);
  const fromRegistry = registryRows(context);
  const rows = [...fromRegistry, ...engineRows(context, fromRegistry)];
  const classes: Partial<Record<DriftClass, number>> = {};
  for (const { drift } of rows) classes[drift] = (classes[drift] ?? 0) + 1;
  const { host, namespace } = observation.registry;
  return {
    registry: { host, namespace },
    release: observation.releases.at(-1)?.tag,
    engines: observation.engines.map(summaryOf),
    rows,
    totals: { classes, sum: context.sizes.sum, unique: context.sizes.unique },
    since: changesSince(observation, context.sizes),
    drifted: rows.some(hasDrifted),
    // Also where a worse class covers the word: what was not asked was not asked.
    uncertain:
      observation.engines.some(({ state }) => state === "unknown") ||
      observation.registry.repositories.some(({ state }) => state === "unknown"),
  };
}

/** Knowledge by repository, each made when it is asked for; the lists are gone through once, not once for each. */
function knowledgeFrom({ registry, releases, roleOfTag }: Observation): Context["knowledgeOf"] {
  const facts = new Map(registry.repositories.map((fact) => [fact.repository, fact]));
  const held = new Map<string, { readonly tag: string; readonly digest: Digest }[]>();
  for (const { tag, images } of releases) {
    for (const { repository, digest } of images) {
      const list = held.get(repository) ?? [];
      list.push({ tag, digest });
      held.set(repository, list);
    }
  }
  const last = releases.at(-1);
  const inLast = new Set(last?.images.map(({ repository }) => repository));
  const knowledge = new Map<string, Knowledge>();
  return (repository) => {
    const known =
      knowledge.get(repository) ??
      new Knowledge({
        repository,
        fact: facts.get(repository) ?? { repository, state: "read", tags: [] },
        releases: held.get(repository) ?? [],
        last,
        isCurrent: inLast.has(repository),
        roleOf: roleOfTag,
      });
    knowledge.set(repository, known);
    return known;
  };
}

function contextOf(observation: Observation): Context {
  const declared = new Map(observation.declared.map((image) => [image.repository, image]));
  const engines = observation.engines.map((engine): EngineView => {
    const all = engine.state === "read" ? namedImages(engine) : [];
    const ours = new Map<string, NamedImage[]>();
    for (const named of all) {
      if (named.host !== observation.registry.host) continue;
      ours.set(named.repository, [...(ours.get(named.repository) ?? []), named]);
    }
    const expected = expectedOn({
      engine,
      declared: observation.declared,
      release: observation.releases.at(-1),
      imagesOf: (repository) => ours.get(repository) ?? [],
    });
    return { engine, all, ours, expected };
  });
  return {
    observation,
    sizes: measure(observation.registry),
    engines,
    declaredAs: (repository) => declared.get(repository),
    knowledgeOf: knowledgeFrom(observation),
  };
}

function summaryOf(engine: EngineFact): EngineSummary {
  const read = engine.state === "read";
  return {
    name: engine.name,
    state: engine.state,
    why: read ? undefined : engine.why,
    images: read ? engine.images.length : 0,
    running: read ? engine.containers.filter(({ state }) => state === "running").length : 0,
  };
}

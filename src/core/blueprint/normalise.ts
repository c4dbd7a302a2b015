import type { ImageRef } from "../oci/reference.ts";
import type { Blueprint, CacheMode, Recipe, Root, Service } from "./blueprint.ts";
import type { GatePolicy } from "./gate-policy.ts";
import { type Entry, inFileOrder } from "./in-file-order.ts";
import { normalisePlan } from "./normalise-plan.ts";
import type { PhasePlan } from "./phase-plan.ts";
import { lookUp } from "./positions.ts";
import type { BlueprintShape } from "./shape/blueprint.ts";
import type { Source } from "./source.ts";

/** The checked shape as the value that the rest of the program uses: sections as lists in file order, defaults filled in. */
export function normalise(shape: BlueprintShape, source: Source): Blueprint {
  const { cache } = shape.build;
  return {
    file: source.file,
    fleet: shape.fleet,
    registry: shape.registry,
    tag: shape.tag,
    channels: shape.channels,
    platforms: shape.platforms,
    user: shape.user,
    roots: inFileOrder(["roots"], shape.roots, source).map(toRoot),
    images: inFileOrder(["images"], shape.images, source).map(({ value, ...entry }) => ({
      ...entry,
      ...toRecipe(value, cache),
    })),
    services: inFileOrder(["services"], shape.services, source).map((entry) => toService(entry, cache)),
    machines: inFileOrder(["machines"], shape.machines, source).map(({ value, ...entry }) => ({
      ...entry,
      ...value,
    })),
    budgets: shape.budgets,
    build: shape.build,
    ...(shape.gates === undefined ? {} : { gates: toGates(shape.gates) }),
    ...(shape.ci === undefined ? {} : { ci: shape.ci }),
    guides: shape.guides,
    decisions: shape.decisions.map((decision, index) => ({
      ...decision,
      at: lookUp(source.file, source.positions, ["decisions", index, "id"]),
    })),
    ...(shape.plan === undefined ? {} : { plan: toPlanPlace(shape.plan, source) }),
    positions: source.positions,
  };
}

/** Where no source of vulnerabilities is named, it is the one that needs nothing but `db update`. */
function toGates(gates: NonNullable<BlueprintShape["gates"]>): GatePolicy {
  const { osv, trivy, suite } = gates.vulnerabilities;
  if (osv !== undefined || trivy !== undefined || suite !== undefined) return gates;
  return { ...gates, vulnerabilities: { ...gates.vulnerabilities, osv: {} } };
}

function toPlanPlace(plan: NonNullable<BlueprintShape["plan"]>, source: Source): string | PhasePlan {
  return typeof plan === "string" ? plan : normalisePlan(plan, source, ["plan"]);
}

function toRoot({ name, at, value }: Entry<BlueprintShape["roots"][string]>): Root {
  const { tag, digest } = value.image;
  const version: Pick<ImageRef, "tag" | "digest"> = {
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
  const mirrors = value.mirrors.map((mirror) => ({ ...mirror, ...version }));
  return { name, ...value, mirrors, at };
}

function toService(
  { name, at, value }: Entry<BlueprintShape["services"][string]>,
  cache: CacheMode,
): Service {
  if (value.planned === true) return { name, ...value, at };
  const { planned: _, machines, ports, ...recipe } = value;
  return { name, planned: false, ...toRecipe(recipe, cache), machines, ports, at };
}

function toRecipe(value: BlueprintShape["images"][string], cache: CacheMode): Recipe {
  const slash = value.dockerfile.lastIndexOf("/");
  const folder = slash < 0 ? "." : value.dockerfile.slice(0, slash);
  return { ...value, context: value.context ?? folder, cache: value.cache ?? cache };
}

import type { Blueprint, BuiltService, DeclaredImage, Image, Machine, Recipe, Service } from "./blueprint.ts";

/**
 * Every image that a build makes, images first, each section in file order. A service on one machine, or on machines
 * without a profile, keeps its plain name; on several of which one has a profile it becomes `<service>-<machine>` for each.
 */
export function buildable(blueprint: Blueprint): readonly DeclaredImage[] {
  return [
    ...blueprint.images.map(fromImage),
    ...blueprint.services.filter(isBuilt).flatMap((service) => fromService(service, blueprint.machines)),
  ];
}

function isBuilt(service: Service): service is BuiltService {
  return !service.planned;
}

function fromImage(image: Image): DeclaredImage {
  return {
    name: image.name,
    kind: "image",
    ...recipeOf(image),
    path: ["images", image.name],
    at: image.at,
  };
}

function fromService(service: BuiltService, machines: readonly Machine[]): readonly DeclaredImage[] {
  const common = {
    kind: "service" as const,
    service: service.name,
    ...recipeOf(service),
    ports: service.ports,
    path: ["services", service.name] as const,
    at: service.at,
  };
  const [only] = service.machines;
  if (service.machines.length === 1 && only !== undefined) {
    return [{ name: service.name, machine: only, ...common }];
  }
  const profiled = new Set(machines.filter((machine) => Object.keys(machine.profile).length > 0).map(nameOf));
  return expandedNames(service.name, service.machines, profiled).map(({ name, machine }) => ({
    name,
    ...(machine === undefined ? {} : { machine }),
    ...common,
  }));
}

/** The names that a service is built under; shared with the check that no two images have one name. */
export function expandedNames(
  service: string,
  machines: readonly string[],
  profiled: ReadonlySet<string>,
): readonly { readonly name: string; readonly machine?: string }[] {
  const isBaked = machines.length > 1 && machines.some((machine) => profiled.has(machine));
  if (!isBaked) return [{ name: service }];
  return machines.map((machine) => ({ name: `${service}-${machine}`, machine }));
}

function nameOf(machine: Machine): string {
  return machine.name;
}

function recipeOf(from: Recipe): Recipe {
  return {
    dockerfile: from.dockerfile,
    context: from.context,
    args: from.args,
    ...(from.target === undefined ? {} : { target: from.target }),
    tier: from.tier,
    compression: from.compression,
    cache: from.cache,
    weight: from.weight,
    secrets: from.secrets,
    contexts: from.contexts,
    ...(from.parent === undefined ? {} : { parent: from.parent }),
    ...(from.apt === undefined ? {} : { apt: from.apt }),
  };
}

import { formatPosition, type SourcePosition } from "../base/error.ts";
import { expandedNames } from "./buildable.ts";
import { decisionProblems } from "./decision-problems.ts";
import { describeValue } from "./describe-value.ts";
import type { Problem } from "./error.ts";
import { type Lookup, repeats, unknownName, unknownNames } from "./name-lookup.ts";
import type { Nearest } from "./nearest.ts";
import { type PlanNames, planProblems } from "./plan-problems.ts";
import { lookUp, type Path } from "./positions.ts";
import type { Source } from "./source.ts";
import { mapOf, textsOf, type Untyped } from "./untyped.ts";

/**
 * Names that clash, and names that nothing has. Reads the unchecked value and passes over whatever has another shape,
 * so that these problems are told together with those of the shape.
 */
export function nameProblems(source: Source, nearest: Nearest): readonly Problem[] {
  const root = mapOf(source.value);
  return [
    ...clashes(root, source),
    ...sameRoots(root, source),
    ...references({ root, source, nearest }),
    ...decisionProblems(root["decisions"], source),
    ...planProblems(root["plan"], ["plan"], { source, nearest, names: planNames(root) }),
  ];
}

function planNames(root: Untyped): PlanNames {
  const services = Object.entries(mapOf(root["services"]));
  const built = services.filter(([, service]) => mapOf(service)["planned"] !== true);
  return {
    machines: Object.keys(mapOf(root["machines"])),
    images: [...Object.keys(mapOf(root["images"])), ...built.map(([name]) => name)],
    services: services.map(([name]) => name),
  };
}

function clashes(root: Untyped, source: Source): readonly Problem[] {
  const owners = new Map<string, { readonly path: Path; readonly what: string }>();
  const problems: Problem[] = [];
  for (const { name, path, what } of claims(root)) {
    const owner = owners.get(name);
    if (owner === undefined) owners.set(name, { path, what });
    else if (owner.path !== path) {
      const first = formatPosition(keyAt(source, owner.path));
      problems.push({
        code: "BLUEPRINT_DUPLICATE",
        message: `found ${what}, but ${owner.what} has the name ${describeValue(name)} already (${first})`,
        at: keyAt(source, path),
        hint: "names of roots, images and services are all different: a FROM may use any of them",
      });
    }
  }
  return problems;
}

interface Claim {
  readonly name: string;
  readonly path: Path;
  readonly what: string;
}

function* claims(root: Untyped): Generator<Claim> {
  for (const name of Object.keys(mapOf(root["roots"])))
    yield { name, path: ["roots", name], what: `the root ${name}` };
  for (const name of Object.keys(mapOf(root["images"]))) {
    yield { name, path: ["images", name], what: `the image ${name}` };
  }
  const profiled = new Set(
    Object.entries(mapOf(root["machines"]))
      .filter(([, machine]) => Object.keys(mapOf(mapOf(machine)["profile"])).length > 0)
      .map(([name]) => name),
  );
  for (const [service, value] of Object.entries(mapOf(root["services"]))) {
    const path: Path = ["services", service];
    yield { name: service, path, what: `the service ${service}` };
    for (const { name, machine } of expandedNames(service, textsOf(mapOf(value)["machines"]), profiled)) {
      if (machine !== undefined) yield { name, path, what: `the service ${service} for ${machine}` };
    }
  }
}

/** Two roots of one image: a FROM of that image would have two answers. */
function sameRoots(root: Untyped, source: Source): readonly Problem[] {
  const first = new Map<string, string>();
  return Object.entries(mapOf(root["roots"])).flatMap(([name, value]): Problem[] => {
    const { image } = mapOf(value);
    if (typeof image !== "string") return [];
    const owner = first.get(image);
    if (owner === undefined) {
      first.set(image, name);
      return [];
    }
    const at = lookUp(source.file, source.positions, ["roots", name, "image"]);
    const where = formatPosition(lookUp(source.file, source.positions, ["roots", owner, "image"]));
    const message = `found the image of the root ${owner} a second time (${where})`;
    return [{ code: "BLUEPRINT_DUPLICATE", message, at }];
  });
}

interface RootLookup extends Lookup {
  readonly root: Untyped;
}

function references(lookup: RootLookup): readonly Problem[] {
  const { root, source } = lookup;
  const machines = new Set(Object.keys(mapOf(root["machines"])));
  const images = Object.keys(mapOf(root["images"]));
  const services = Object.keys(mapOf(root["services"]));
  const parents = new Set([...Object.keys(mapOf(root["roots"])), ...images, ...services]);
  return [
    ...images.flatMap((name) => parentProblems(["images", name], parents, lookup)),
    ...services.flatMap((name) => parentProblems(["services", name], parents, lookup)),
    ...services.flatMap((name) => machineProblems(name, machines, lookup)),
    ...repeats(root["platforms"], ["platforms"], source),
    ...repeats(root["channels"], ["channels"], source),
    ...repeats(root["guides"], ["guides"], source),
  ];
}

function parentProblems(
  [section, name]: readonly [section: string, name: string],
  parents: ReadonlySet<string>,
  lookup: RootLookup,
): readonly Problem[] {
  const { parent } = mapOf(mapOf(lookup.root[section])[name]);
  if (typeof parent !== "string" || (parents.has(parent) && parent !== name)) return [];
  const expected = "the name of another image or root";
  return [unknownName({ path: [section, name, "parent"], found: parent, expected, known: parents }, lookup)];
}

function machineProblems(
  service: string,
  machines: ReadonlySet<string>,
  lookup: RootLookup,
): readonly Problem[] {
  const path = ["services", service, "machines"];
  const list = mapOf(mapOf(lookup.root["services"])[service])["machines"];
  const unknown = unknownNames(list, { path, expected: "the name of a machine", known: machines }, lookup);
  return [...unknown, ...repeats(list, path, lookup.source)];
}

function keyAt(source: Source, path: Path): SourcePosition {
  return lookUp(source.file, source.keys, path);
}

import { formatPosition, type SourcePosition } from "../base/error.ts";
import { expandedNames } from "./buildable.ts";
import { describePath, describeValue } from "./describe-value.ts";
import type { Problem } from "./error.ts";
import type { Nearest } from "./nearest.ts";
import { lookUp, type Path } from "./positions.ts";
import type { Source } from "./source.ts";

/**
 * Names that clash, and names that nothing has. Reads the unchecked value and passes over whatever has another shape,
 * so that these problems are told together with those of the shape.
 */
export function nameProblems(source: Source, nearest: Nearest): readonly Problem[] {
  const root = mapOf(source.value);
  return [...clashes(root, source), ...sameRoots(root, source), ...references({ root, source, nearest })];
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

interface Lookup {
  readonly root: Untyped;
  readonly source: Source;
  readonly nearest: Nearest;
}

function references(lookup: Lookup): readonly Problem[] {
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
    ...repeatedIds("decisions", lookup),
    ...repeatedIds("risks", lookup),
    ...riskProblems(lookup, { machines, images: new Set(images) }),
  ];
}

function parentProblems(
  [section, name]: readonly [section: string, name: string],
  parents: ReadonlySet<string>,
  lookup: Lookup,
): readonly Problem[] {
  const { parent } = mapOf(mapOf(lookup.root[section])[name]);
  if (typeof parent !== "string" || (parents.has(parent) && parent !== name)) return [];
  const expected = "the name of another image or root";
  return [unknownName({ path: [section, name, "parent"], found: parent, expected, known: parents }, lookup)];
}

function machineProblems(service: string, machines: ReadonlySet<string>, lookup: Lookup): readonly Problem[] {
  const path = ["services", service, "machines"];
  const list = mapOf(mapOf(lookup.root["services"])[service])["machines"];
  const unknown = listOf(list).flatMap((name, index) => {
    if (typeof name !== "string" || machines.has(name)) return [];
    const expected = "the name of a machine";
    return [unknownName({ path: [...path, index], found: name, expected, known: machines }, lookup)];
  });
  return [...unknown, ...repeats(list, path, lookup.source)];
}

function repeats(list: unknown, path: Path, source: Source): readonly Problem[] {
  const seen = new Set<unknown>();
  return listOf(list).flatMap((value, index): Problem[] => {
    if (typeof value !== "string" || !seen.has(value)) {
      seen.add(value);
      return [];
    }
    const at = lookUp(source.file, source.positions, [...path, index]);
    return [
      {
        code: "BLUEPRINT_DUPLICATE",
        message: `${describePath(path)}: found ${describeValue(value)} twice`,
        at,
      },
    ];
  });
}

/** Two entries of a list with one id: nobody could say which is meant. */
function repeatedIds(section: string, { root, source }: Lookup): readonly Problem[] {
  const seen = new Set<string>();
  return listOf(root[section]).flatMap((entry, index): Problem[] => {
    const { id } = mapOf(entry);
    if (typeof id !== "string" || !seen.has(id)) {
      if (typeof id === "string") seen.add(id);
      return [];
    }
    const at = lookUp(source.file, source.positions, [section, index, "id"]);
    const message = `${section}: found the id ${describeValue(id)} twice`;
    return [{ code: "BLUEPRINT_DUPLICATE", message, at }];
  });
}

/** What the watches of risks name. */
function riskProblems(
  lookup: Lookup,
  known: { readonly machines: ReadonlySet<string>; readonly images: ReadonlySet<string> },
): readonly Problem[] {
  return listOf(lookup.root["risks"]).flatMap((entry, index) => {
    const { image, machines } = mapOf(mapOf(entry)["watch"]);
    const path: Path = ["risks", index, "watch"];
    const unknown = (at: Path, found: unknown, expected: string, names: ReadonlySet<string>) =>
      typeof found !== "string" || names.has(found)
        ? []
        : [unknownName({ path: at, found, expected, known: names }, lookup)];
    return [
      ...unknown([...path, "image"], image, "the name of an image", known.images),
      ...listOf(machines).flatMap((name, at) =>
        unknown([...path, "machines", at], name, "the name of a machine", known.machines),
      ),
    ];
  });
}

interface UnknownName {
  readonly path: Path;
  readonly found: string;
  readonly expected: string;
  readonly known: ReadonlySet<string>;
}

function unknownName({ path, found, expected, known }: UnknownName, { source, nearest }: Lookup): Problem {
  return {
    code: "BLUEPRINT_REFERENCE",
    message: `${describePath(path)}: expected ${expected}, found ${describeValue(found)}`,
    at: lookUp(source.file, source.positions, path),
    hint: known.has(found) ? "nothing derives from itself" : meant(found, known, nearest),
  };
}

function meant(found: string, known: ReadonlySet<string>, nearest: Nearest): string {
  const near = nearest.to(found, known);
  if (near !== undefined) return `did you mean "${near}"?`;
  if (known.size === 0) return "there is none yet";
  // Not through an array of all: a file of junk asks this for each of its names.
  const shown: string[] = [];
  for (const name of known) {
    if (shown.push(name) === 10) break;
  }
  return `there are ${shown.join(", ")}${known.size > shown.length ? ", …" : ""}`;
}

function keyAt(source: Source, path: Path): SourcePosition {
  return lookUp(source.file, source.keys, path);
}

type Untyped = Readonly<Record<string, unknown>>;

function mapOf(value: unknown): Untyped {
  // Just established: an object that is no list can be read by key.
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Untyped) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? [...new Set(value.filter((item) => typeof item === "string"))] : [];
}

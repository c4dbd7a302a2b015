import { dependencyGraph, isHard } from "../../audit/dpkg/dependency-graph.ts";
import type { PackageOrigin } from "../../audit/dpkg/first-layers.ts";
import type { InstalledPackage } from "../../audit/dpkg/package-database.ts";
import { osReleaseText } from "../../audit/image/os-release-text.ts";
import type { Distribution } from "../../audit/python/environment.ts";
import { licencesOf } from "../../audit/sbom/licence.ts";
import { purl } from "../../audit/sbom/purl.ts";
import type { Sbom, SbomComponent, SbomOrigin, SbomSubject } from "../../audit/sbom/sbom.ts";
import { osReleaseValue } from "../../base/os-release.ts";
import type { AuditFacts } from "../audit/audit-facts.ts";
import { askedExtras, requirementsOf } from "../audit/distribution-requirements.ts";
import type { LayerOrigin } from "../audit/layer-origins.ts";
import { type InstalledDistribution, installedDistributions } from "./installed-distributions.ts";
import { nativeEdges } from "./native-edges.ts";
import { packageFiles } from "./package-files.ts";

export interface DescribedImage {
  readonly facts: AuditFacts;
  /** By id, the layer that brought a package. */
  readonly origins: ReadonlyMap<string, PackageOrigin>;
  /** By path of a `copyright` file. */
  readonly licences: ReadonlyMap<string, readonly string[]>;
  /** One for each layer. */
  readonly layers: readonly LayerOrigin[];
  readonly subject: SbomSubject;
  readonly created: string | undefined;
  readonly tool: string;
  /** As Python calls it: `x86_64`. */
  readonly machine: string;
}

/** All packages of dpkg and all distributions of Python that are in an image, whoever uses them, and who needs whom. */
export function describeImage(image: DescribedImage): Sbom {
  const { facts, subject, created, tool } = image;
  const system = systemOf(facts);
  const distributions = installedDistributions(facts);
  const ids = new Ids();
  for (const each of facts.packages?.packages.values() ?? [])
    ids.add(each, packagePurl(each, system), each.id);
  for (const { distribution } of distributions)
    ids.add(distribution, distributionPurl(distribution), `/${distribution.metadata}`);
  const edges = new Edges(ids);
  addPackageEdges(facts, edges);
  addRequirements(image, edges);
  for (const { from, to } of nativeEdges(facts, distributions)) edges.add(from, to);
  const components = [
    ...[...(facts.packages?.packages.values() ?? [])].map((each) => ({
      ...packageComponent(image, each),
      ...ids.of(each),
      dependsOn: edges.of(each),
    })),
    ...distributions.map((each) => ({
      ...distributionComponent(image, each),
      ...ids.of(each.distribution),
      dependsOn: edges.of(each.distribution),
    })),
  ].sort((one, other) => (one.id < other.id ? -1 : 1));
  return { subject, created, tool, system, components };
}

type Thing = InstalledPackage | Distribution;

/** A purl names a thing wherever it lies; of several with the same, each has its place behind it. */
class Ids {
  readonly #purls = new Map<Thing, { readonly purl: string; readonly place: string }>();
  readonly #counts = new Map<string, number>();

  add(thing: Thing, own: string, place: string): void {
    this.#purls.set(thing, { purl: own, place });
    this.#counts.set(own, (this.#counts.get(own) ?? 0) + 1);
  }

  has(thing: Thing): boolean {
    return this.#purls.has(thing);
  }

  of(thing: Thing): Pick<SbomComponent, "id" | "purl"> {
    const { purl: own, place } = this.#purls.get(thing) ?? { purl: "", place: "" };
    return { id: (this.#counts.get(own) ?? 0) > 1 ? `${own}#${place}` : own, purl: own };
  }
}

class Edges {
  readonly #ids: Ids;
  readonly #from = new Map<Thing, Set<Thing>>();

  constructor(ids: Ids) {
    this.#ids = ids;
  }

  add(from: Thing, to: Thing): void {
    if (from === to || !this.#ids.has(from) || !this.#ids.has(to)) return;
    const known = this.#from.get(from);
    if (known === undefined) this.#from.set(from, new Set([to]));
    else known.add(to);
  }

  of(thing: Thing): readonly string[] {
    return [...(this.#from.get(thing) ?? [])].map((each) => this.#ids.of(each).id).sort();
  }
}

function addPackageEdges({ packages }: AuditFacts, edges: Edges): void {
  if (packages === undefined) return;
  const graph = dependencyGraph(packages);
  for (const each of packages.packages.values())
    for (const dependency of graph.dependenciesOf(each.id))
      if (isHard(dependency)) for (const other of dependency.candidates) edges.add(each, other);
}

function addRequirements({ facts, machine, layers }: DescribedImage, edges: Edges): void {
  const asked = askedExtras(layers.flatMap(({ createdBy }) => createdBy ?? []));
  for (const environment of facts.environments)
    for (const { from, by } of requirementsOf(environment, { machine, asked }))
      if (by !== undefined) edges.add(from, by);
}

function systemOf({ tree }: AuditFacts): Sbom["system"] {
  const text = osReleaseText(tree);
  const id = text && osReleaseValue(text, "ID");
  if (id === undefined || id === "") return undefined;
  const said = (key: string): string | undefined => osReleaseValue(text ?? "", key) || undefined;
  const [version, name] = [said("VERSION_ID"), said("PRETTY_NAME")];
  const codename = said("VERSION_CODENAME");
  return {
    id,
    ...(version === undefined ? {} : { version }),
    ...(name === undefined ? {} : { name }),
    ...(codename === undefined ? {} : { codename }),
  };
}

/** Scanners look a Debian package up by its source, and by the release that `distro` names. */
function packagePurl(
  { name, version, architecture, source }: InstalledPackage,
  system: Sbom["system"],
): string {
  const sameVersion = source.version === version;
  const upstream = sameVersion
    ? source.name === name
      ? undefined
      : source.name
    : `${source.name}@${source.version}`;
  const distro = system && [system.id, system.version].filter((each) => each !== undefined).join("-");
  return purl({
    type: "deb",
    namespace: system?.id ?? "debian",
    name,
    version,
    qualifiers: { arch: architecture, distro, upstream },
  });
}

/** By PEP 503, as scanners write it; the type's own rule leaves dots alone. */
function distributionPurl({ key, version }: Distribution): string {
  return purl({ type: "pypi", name: key, version });
}

type Described = Omit<SbomComponent, "id" | "purl" | "dependsOn">;

function packageComponent(image: DescribedImage, each: InstalledPackage): Described {
  const { facts, origins, licences } = image;
  const { name, version, maintainer, homepage, source, section, state, held } = each;
  const copyright = facts.tree.resolve(`usr/share/doc/${name}/copyright`)?.path;
  const website = homepage !== undefined && isWebsite(homepage) ? homepage : undefined;
  return {
    ecosystem: "deb",
    name,
    version,
    ...(maintainer === undefined ? {} : { maintainer }),
    ...(website === undefined ? {} : { homepage: website }),
    licences: licencesOf((copyright && licences.get(copyright)) || []),
    files: packageFiles(facts, each),
    broughtBy: originOf(image, origins.get(each.id)?.versionLayer),
    about: {
      "deb:source": source.name,
      "deb:source-version": source.version,
      ...(section === undefined ? {} : { "deb:section": section }),
      ...(state === "installed" ? {} : { "deb:state": state }),
      ...(held ? { "deb:held": "true" } : {}),
    },
  };
}

function distributionComponent(
  image: DescribedImage,
  { distribution, environment }: InstalledDistribution,
): Described {
  const { name, version, licence, files, installer, vendoredBy, metadata, editable } = distribution;
  const { tree } = image.facts;
  return {
    ecosystem: "pypi",
    name,
    version,
    licences: licencesOf(licence === undefined ? [] : [licence]),
    // Bytecode is made from what stands beside it, and has no hash.
    files: files
      .filter(({ path }) => !path.endsWith(".pyc") && tree.at(path) !== undefined)
      .map(({ path, sha256 }) =>
        sha256 === undefined ? { path } : { path, hash: { algorithm: "SHA-256" as const, hex: sha256 } },
      )
      .sort(byPath),
    broughtBy: originOf(image, tree.at(metadata)?.layer),
    about: {
      "python:metadata": `/${metadata}`,
      ...(environment === undefined
        ? {}
        : { "python:environment": `/${environment.venv ?? environment.interpreter}` }),
      ...(installer === undefined ? {} : { "python:installer": installer }),
      ...(vendoredBy === undefined ? {} : { "python:vendored-by": vendoredBy }),
      ...(editable ? { "python:editable": "true" } : {}),
    },
  };
}

function byPath(one: { readonly path: string }, other: { readonly path: string }): number {
  return one.path < other.path ? -1 : 1;
}

function originOf({ layers }: DescribedImage, layer: number | undefined): SbomOrigin | undefined {
  if (layer === undefined) return undefined;
  const { diffId, instruction } = layers[layer] ?? {};
  return {
    layer,
    diffId,
    instruction: instruction && `${instruction.file}:${instruction.line}-${instruction.endLine}`,
  };
}

/** An address that a page may link to; whatever else stands there stays out. */
function isWebsite(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text);
}

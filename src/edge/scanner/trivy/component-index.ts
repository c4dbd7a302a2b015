import type { SbomComponent } from "../../../core/audit/sbom/sbom.ts";

/** A package as a scanner names it. */
export interface NamedPackage {
  readonly purl?: string | undefined;
  readonly ecosystem: SbomComponent["ecosystem"] | "other";
  readonly name: string;
  /** With epoch and revision, where it is a Debian package. */
  readonly version: string;
  /** Of the metadata of a Python distribution, without the leading slash. */
  readonly path?: string | undefined;
}

export interface ComponentIndex {
  /** Those that are meant; more than one where the same lies in several places; none where we have no such component. */
  find(named: NamedPackage): readonly SbomComponent[];
}

/** Looks components up by what scanners call them. */
export function indexComponents(components: readonly SbomComponent[]): ComponentIndex {
  const exact = new Map<string, SbomComponent[]>();
  const named = new Map<string, SbomComponent[]>();
  for (const each of components) {
    const { ecosystem, name, version, purl } = each;
    add(named, keyOf(ecosystem, name, version), each);
    const arch = qualifierOf(purl, "arch");
    if (arch !== undefined) add(exact, `${keyOf(ecosystem, name, version)} ${arch}`, each);
  }
  return {
    find({ purl, ecosystem, name, version, path }) {
      const key = keyOf(ecosystem, name, version);
      const arch = purl === undefined ? undefined : qualifierOf(purl, "arch");
      const found = (arch === undefined ? undefined : exact.get(`${key} ${arch}`)) ?? named.get(key) ?? [];
      const there = path === undefined ? [] : found.filter((each) => liesAt(each, path));
      return there.length > 0 ? there : found;
    },
  };
}

function add(into: Map<string, SbomComponent[]>, key: string, each: SbomComponent): void {
  const known = into.get(key);
  if (known === undefined) into.set(key, [each]);
  else known.push(each);
}

/** Names of distributions are compared by their normal form (PEP 503); an epoch of zero is none. */
export function keyOf(ecosystem: NamedPackage["ecosystem"], name: string, version: string): string {
  if (ecosystem === "pypi") return `pypi ${pypiName(name)} ${version}`;
  return `${ecosystem} ${name} ${version.replace(/^0+:/, "")}`;
}

export function pypiName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, "-");
}

/** In its `dist-info`, or in the one file that an old `egg-info` is. */
function liesAt({ about }: SbomComponent, path: string): boolean {
  const metadata = about["python:metadata"]?.replace(/^\//, "");
  return metadata !== undefined && (path === metadata || path.startsWith(`${metadata}/`));
}

function qualifierOf(purl: string, name: string): string | undefined {
  const query = purl.split("#", 1)[0]?.split("?", 2)[1] ?? "";
  const pair = query.split("&").find((each) => each.startsWith(`${name}=`));
  const value = pair?.slice(name.length + 1) ?? "";
  return value === "" ? undefined : value;
}

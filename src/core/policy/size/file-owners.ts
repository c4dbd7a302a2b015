import type { AuditFacts } from "../audit/audit-facts.ts";
import { installedDistributions } from "../sbom/installed-distributions.ts";

/** Whose a file is; `folder` where neither a package nor a distribution has it. */
export interface FileOwner {
  readonly kind: "package" | "distribution" | "folder";
  /** Of a folder its path, at most `FOLDERS` deep: `/var/lib/dpkg`. */
  readonly name: string;
  readonly version?: string;
  /** Of a distribution, the folder that it is installed in: two environments may have one each. */
  readonly at?: string;
}

/** Names an owner whatever its version. */
export function ownerKey({ kind, name, at = "" }: FileOwner): string {
  return `${kind} ${name} ${at}`;
}

const FOLDERS = 3;
const BYTECODE = /^(.*\/)?__pycache__\/([^/.]+)\.[^/]*\.pyc$/;

/** Says of a plain path of the image whose it is; one owner is one object. */
export function fileOwners(facts: AuditFacts): (path: string) => FileOwner {
  const distributions = distributionOwners(facts);
  const packages = new Map<string, FileOwner>();
  const folders = new Map<string, FileOwner>();
  const packageOf = (path: string): FileOwner | undefined => {
    const [found] = facts.packages?.ownersOf(path) ?? [];
    if (found === undefined) return undefined;
    const { id, name, version } = found;
    return known(packages, id, () => ({ kind: "package", name, version }));
  };
  const ownerOf = (path: string): FileOwner | undefined => distributions.get(path) ?? packageOf(path);
  return (path) => {
    const own = ownerOf(path);
    if (own !== undefined) return own;
    // Bytecode that was made after the installation is of whoever has its source.
    const [, folder = "", module] = BYTECODE.exec(path) ?? [];
    const source = module === undefined ? undefined : ownerOf(`${folder}${module}.py`);
    const name = folderOf(path);
    return source ?? known(folders, name, () => ({ kind: "folder", name }));
  };
}

function distributionOwners(facts: AuditFacts): ReadonlyMap<string, FileOwner> {
  const owners = new Map<string, FileOwner>();
  for (const { distribution } of installedDistributions(facts)) {
    // What a package of the system brought is that package's; what another distribution carries is that one's.
    if (distribution.package !== undefined || distribution.vendoredBy !== undefined) continue;
    const { name, version, location, files } = distribution;
    const owner: FileOwner = { kind: "distribution", name, version, at: location };
    for (const { path } of files) if (!owners.has(path)) owners.set(path, owner);
  }
  return owners;
}

function folderOf(path: string): string {
  return `/${path.split("/").slice(0, -1).slice(0, FOLDERS).join("/")}`;
}

function known<Value>(values: Map<string, Value>, key: string, make: () => Value): Value {
  const found = values.get(key) ?? make();
  values.set(key, found);
  return found;
}

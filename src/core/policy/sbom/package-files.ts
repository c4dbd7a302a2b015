import type { InstalledPackage } from "../../audit/dpkg/package-database.ts";
import type { SbomFile } from "../../audit/sbom/sbom.ts";
import type { AuditFacts } from "../audit/audit-facts.ts";

const SUM = /^([0-9a-f]{32}) [ *](.+)$/;

/** What a package owns and is there, without folders, each with the MD5 that it was packed with; sorted by path. */
export function packageFiles({ packages, tree }: AuditFacts, each: InstalledPackage): readonly SbomFile[] {
  const sums = sumsOf(tree, each);
  const files = (packages?.placesOf(each) ?? []).flatMap((path): SbomFile[] => {
    const type = tree.at(path)?.type;
    if (type === undefined || type === "directory") return [];
    const hex = sums.get(path) ?? sums.get(path.replace(/^usr\//, ""));
    return [hex === undefined ? { path } : { path, hash: { algorithm: "MD5", hex } }];
  });
  return files.sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** By the path as it was packed: `lib/…` of what lies in `usr/lib` now. */
function sumsOf(
  tree: AuditFacts["tree"],
  { name, architecture }: InstalledPackage,
): ReadonlyMap<string, string> {
  const [content] = [`info/${name}:${architecture}`, `info/${name}`, `status.d/${name}`].flatMap((place) => {
    const found = tree.resolve(`var/lib/dpkg/${place}.md5sums`)?.file.content;
    return found === undefined ? [] : [found];
  });
  const sums = new Map<string, string>();
  for (const line of new TextDecoder().decode(content ?? new Uint8Array(0)).split("\n")) {
    const [, hex, path] = SUM.exec(line) ?? [];
    if (hex !== undefined && path !== undefined) sums.set(path, hex);
  }
  return sums;
}

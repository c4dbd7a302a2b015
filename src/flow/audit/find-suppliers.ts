import type { FileTree } from "../../core/audit/image/file-tree.ts";
import { parseOsRelease } from "../../core/base/os-release.ts";
import type { ImageAudit, Missing } from "../../core/policy/audit/image-audit.ts";
import type { ArchiveRelease, ContentsIndex } from "../../edge/packages/contents-port.ts";

/** Packages that a release has for what an image lacks; `why` where nobody could be asked. */
export interface Supplied {
  readonly audit: ImageAudit;
  readonly why?: string;
}

/**
 * Asks the archive of the image's own release which packages bring the libraries that fail to load. Only where some do: the
 * index has some ten megabytes to download.
 */
export async function findSuppliers(
  index: ContentsIndex,
  {
    audit,
    tree,
    architecture,
  }: { readonly audit: ImageAudit; readonly tree: FileTree; readonly architecture: string },
  signal: AbortSignal,
): Promise<Supplied> {
  const wanted = audit.missing.filter(({ what, level }) => what === "library" && level === "required");
  const names = [...new Set(wanted.map(({ name }) => name))].filter((name) => !name.includes("/"));
  const release = releaseOf(tree, architecture);
  if (names.length === 0) return { audit };
  if (release === undefined) return { audit, why: "the image does not say which release it is" };
  const answer = await index.suppliersOf(names, release, { signal });
  if (answer.state === "unknown") return { audit, why: answer.why };
  const missing = audit.missing.map((each): Missing => {
    const found = each.what === "library" ? answer.suppliers.get(each.name) : undefined;
    if (found === undefined) return each;
    // Where a loader looks by itself; a copy elsewhere would not be found either.
    const suppliers = found.filter(({ onDefaultPath }) => onDefaultPath).flatMap(({ packages }) => packages);
    return { ...each, suppliers: [...new Set(suppliers)] };
  });
  return { audit: { ...audit, missing } };
}

function releaseOf(tree: FileTree, architecture: string): ArchiveRelease | undefined {
  const content = (tree.resolve("etc/os-release") ?? tree.resolve("usr/lib/os-release"))?.file.content;
  const release = content && parseOsRelease(new TextDecoder().decode(content));
  return release && { distribution: release.distribution, suite: release.codename, architecture };
}

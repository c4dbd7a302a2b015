import type { Supplier } from "../../core/audit/dpkg/contents-scan.ts";
import type { FileTree } from "../../core/audit/image/file-tree.ts";
import { osReleaseText } from "../../core/audit/image/os-release-text.ts";
import { parseOsRelease } from "../../core/base/os-release.ts";
import type { ImageAudit, Missing } from "../../core/policy/audit/image-audit.ts";
import type { ArchiveRelease, ContentsIndex } from "../../edge/packages/contents-port.ts";

/** Packages that a release has for what an image lacks; `why` where that is not known of all. */
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
  const open = new Map<string, string>();
  const missing = audit.missing.map((each): Missing => {
    const found = each.what === "library" ? answer.suppliers.get(each.name) : undefined;
    if (found === undefined) return each;
    const suppliers = new Set(found.flatMap((one) => (one.onDefaultPath ? one.packages : [])));
    if (suppliers.size > 0 || found.length === 0) return { ...each, suppliers: [...suppliers] };
    open.set(each.name, elsewhere(each.name, found, answer.cut.includes(each.name)));
    return each;
  });
  return { audit: { ...audit, missing }, ...(open.size === 0 ? {} : { why: [...open.values()].join("; ") }) };
}

/** Whether a copy beside the loader's own folders would be found, the one who needs it decides: no package is named for it. */
function elsewhere(name: string, found: readonly Supplier[], cut: boolean): string {
  const [first] = found;
  const example = first === undefined ? "" : `, as ${first.path} of ${first.packages.join(", ")}`;
  const count = cut ? `more than ${found.length}` : String(found.length);
  return `${name} lies in no folder where a loader looks by itself, but in ${count} other${example}`;
}

function releaseOf(tree: FileTree, architecture: string): ArchiveRelease | undefined {
  const text = osReleaseText(tree);
  const release = text === undefined ? undefined : parseOsRelease(text);
  return release && { distribution: release.distribution, suite: release.codename, architecture };
}

import type { FileTree } from "../image/file-tree.ts";
import type { InstalledPackage, PackageDatabase } from "./package-database.ts";

export interface PackageSizes {
  /** Bytes of the files that are in the image and that no other package owns, each once. Folders and links are nothing. */
  readonly bytes: number;
  readonly files: number;
  /** Listed, and not in the image: path filters, or somebody removed them. */
  readonly absent: number;
  /** KiB, the sum of what the packages say; undefined where one of them does not. */
  readonly installedSize: number | undefined;
}

/** What would be gone with all of `packages`. A file with several hard links counts for each: a layer does not say that they are one. */
export function sizesOf(
  database: PackageDatabase,
  tree: FileTree,
  packages: Iterable<InstalledPackage>,
): PackageSizes {
  const own = new Set(packages);
  const places = new Set<string>();
  let installedSize: number | undefined = 0;
  for (const each of own) {
    for (const place of database.placesOf(each)) places.add(place);
    installedSize =
      installedSize === undefined || each.installedSize === undefined
        ? undefined
        : installedSize + each.installedSize;
  }
  let bytes = 0;
  let files = 0;
  let absent = 0;
  for (const place of places) {
    const file = tree.at(place);
    if (file === undefined) absent++;
    else if (file.type === "file" && database.ownersOf(place).every((owner) => own.has(owner))) {
      files++;
      bytes += file.size;
    }
  }
  return { bytes, files, absent, installedSize };
}

import type { DatabaseFiles } from "./database-files.ts";
import { nameLines } from "./database-text.ts";
import type { PackageStanza } from "./parse-package.ts";

const RECORD = "var/lib/dpkg/arch";

/**
 * What dpkg of the image is compiled for: the first line of its record of architectures, which exists where others were
 * added; else that of dpkg itself; else the one that most packages have.
 */
export function nativeArchitecture(
  files: DatabaseFiles,
  packages: Iterable<PackageStanza>,
): string | undefined {
  const content = files.has(RECORD) ? files.content(RECORD) : undefined;
  const recorded = content === undefined ? undefined : nameLines(content)[0]?.trim();
  if (recorded !== undefined && recorded !== "") return recorded;
  const counts = new Map<string, number>();
  for (const { name, architecture } of packages) {
    if (architecture === "all" || architecture === "") continue;
    if (name === "dpkg") return architecture;
    counts.set(architecture, (counts.get(architecture) ?? 0) + 1);
  }
  return [...counts].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1))[0]?.[0];
}

import { fieldsText } from "../../audit/dpkg/database-text.ts";
import { dpkgInvalid, shown } from "../../audit/dpkg/invalid.ts";
import { parsePackage } from "../../audit/dpkg/parse-package.ts";
import { readDeb822, type Stanza } from "../../audit/dpkg/read-deb822.ts";
import { satisfies } from "../../audit/dpkg/version.ts";
import type { SuiteIndex, SuitePackage } from "./suite-index.ts";

/** The largest, with all that Debian has, lists 70,000. */
const MAX_PACKAGES = 500_000;

type Listed = Pick<SuiteIndex, "packages" | "sources" | "records">;

/** An archive's index as it came: its bytes, and its name for the positions of errors. */
export interface IndexFile {
  readonly bytes: Uint8Array;
  readonly file: string;
}

/**
 * The newest version of each package that `Packages` indexes list for an architecture. A stanza that dpkg would refuse makes
 * the whole unreadable: half an index would say that the rest has no newer version. Throws AuditError DPKG_INVALID.
 */
export function readPackagesIndex(indexes: readonly IndexFile[], architecture: string): Listed {
  const packages = new Map<string, SuitePackage>();
  const sources = new Map<string, string>();
  let records = 0;
  for (const { bytes, file } of indexes)
    for (const stanza of readDeb822(fieldsText(bytes), { file })) {
      if (++records > MAX_PACKAGES)
        throw dpkgInvalid(`more than ${MAX_PACKAGES} packages`, { file, line: stanza.line });
      const read = parsePackage(stanza);
      if (read === undefined || read.architecture === "")
        throw dpkgInvalid("a stanza of no package", { file, line: stanza.line });
      if (read.architecture !== architecture && read.architecture !== "all")
        throw foreign(stanza, read.architecture);
      const { name, version, source } = read;
      if (isNewer(version, packages.get(name)?.version)) packages.set(name, { version, source });
      if (isNewer(source.version, sources.get(source.name))) sources.set(source.name, source.version);
    }
  return { packages, sources, records };
}

function isNewer(version: string, known: string | undefined): boolean {
  return known === undefined || satisfies(version, { operator: ">>", version: known }) === true;
}

function foreign({ file, line }: Stanza, architecture: string): Error {
  return dpkgInvalid(`a package for ${shown(architecture)}`, { file, line });
}

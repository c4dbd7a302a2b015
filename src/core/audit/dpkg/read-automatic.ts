import type { DatabaseFiles } from "./database-files.ts";
import { fieldsText } from "./database-text.ts";
import type { PackageStanza } from "./parse-package.ts";
import { readDeb822 } from "./read-deb822.ts";

const STATES = "var/lib/apt/extended_states";

/**
 * Which packages apt installed for others. Undefined without apt's states: then nothing says who asked for a package. A
 * package that apt has no record of was installed by hand. Throws AuditError DPKG_INVALID.
 */
export function readAutomatic(
  files: DatabaseFiles,
  native: string | undefined,
): ((each: PackageStanza) => boolean) | undefined {
  const content = files.content(STATES);
  if (content === undefined) return undefined;
  const automatic = new Set<string>();
  for (const { fields } of readDeb822(fieldsText(content), { file: STATES })) {
    const name = fields.get("package")?.value;
    if (name === undefined || fields.get("auto-installed")?.value !== "1") continue;
    automatic.add(`${name}:${fields.get("architecture")?.value ?? ""}`);
  }
  // apt records `Architecture: all` packages under the native one.
  return ({ name, architecture }) =>
    automatic.has(`${name}:${architecture}`) ||
    ((architecture === "all" || architecture === "") && automatic.has(`${name}:${native ?? ""}`)) ||
    automatic.has(`${name}:`);
}

import { fieldsText } from "./database-text.ts";
import { dpkgInvalid } from "./invalid.ts";
import { readDeb822 } from "./read-deb822.ts";

export interface ListedFile {
  readonly bytes: number;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}

const SIGNED = /^-----BEGIN PGP SIGNED MESSAGE-----\n(?:[^\n]+\n)*\n/;
const SIGNATURE = "\n-----BEGIN PGP SIGNATURE-----";

/**
 * The files that the `Release` or `InRelease` of a suite lists under `SHA256`, by their paths below its folder. Whose
 * signature it has was seen by apt, and is not asked here. Throws AuditError DPKG_INVALID.
 */
export function readRelease(bytes: Uint8Array, file: string): ReadonlyMap<string, ListedFile> {
  const written = fieldsText(bytes);
  const armour = SIGNED.exec(written)?.[0] ?? "";
  const end = armour === "" ? -1 : written.indexOf(SIGNATURE);
  const [stanza] = readDeb822(written.slice(armour.length, end < 0 ? undefined : end + 1), { file });
  const sums = stanza?.fields.get("sha256");
  if (sums === undefined) throw dpkgInvalid("it lists no files by SHA256", { file, line: 1 });
  const files = new Map<string, ListedFile>();
  for (const line of sums.value.split("\n")) {
    const parts = /^\s*([0-9a-f]{64})\s+([0-9]{1,15})\s+(\S+)$/.exec(line);
    if (parts !== null) files.set(parts[3] ?? "", { sha256: parts[1] ?? "", bytes: Number(parts[2]) });
  }
  return files;
}

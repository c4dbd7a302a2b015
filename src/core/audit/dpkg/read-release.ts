import { fieldsText } from "./database-text.ts";
import { dpkgInvalid } from "./invalid.ts";
import { readDeb822 } from "./read-deb822.ts";

export interface ListedFile {
  readonly bytes: number;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}

/** What the `Release` or `InRelease` of a suite says. */
export interface Release {
  /** What `SHA256` lists, by paths below the suite's folder. */
  readonly files: ReadonlyMap<string, ListedFile>;
  /** `oldstable-security`. */
  readonly suite: string | undefined;
  /** `bookworm-security`; Ubuntu's is that of the release, without `-security`. */
  readonly codename: string | undefined;
  /** Milliseconds since 1970; undefined where the field is absent or no date. */
  readonly date: number | undefined;
  /** The same; a suite that is signed anew each day has it, Ubuntu's have not. */
  readonly validUntil: number | undefined;
  /** Packages for `all` stand in an index of their own, and not in those of the architectures. */
  readonly allApart: boolean;
}

const SIGNED = /^-----BEGIN PGP SIGNED MESSAGE-----\n(?:[^\n]+\n)*\n/;
const SIGNATURE = "\n-----BEGIN PGP SIGNATURE-----";

/** Whose signature it has was seen by apt, and is not asked here. Throws AuditError DPKG_INVALID. */
export function readRelease(bytes: Uint8Array, file: string): Release {
  const written = fieldsText(bytes);
  const armour = SIGNED.exec(written)?.[0] ?? "";
  const end = armour === "" ? -1 : written.indexOf(SIGNATURE);
  const [stanza] = readDeb822(written.slice(armour.length, end < 0 ? undefined : end + 1), { file });
  const text = (field: string): string | undefined => stanza?.fields.get(field)?.value;
  const sums = text("sha256");
  if (sums === undefined) throw dpkgInvalid("it lists no files by SHA256", { file, line: 1 });
  const files = new Map<string, ListedFile>();
  for (const line of sums.split("\n")) {
    const parts = /^\s*([0-9a-f]{64})\s+([0-9]{1,15})\s+(\S+)$/.exec(line);
    if (parts !== null) files.set(parts[3] ?? "", { sha256: parts[1] ?? "", bytes: Number(parts[2]) });
  }
  const words = (field: string): readonly string[] => text(field)?.split(/\s+/) ?? [];
  return {
    files,
    suite: text("suite"),
    codename: text("codename"),
    date: dateOf(text("date")),
    validUntil: dateOf(text("valid-until")),
    allApart:
      words("architectures").includes("all") &&
      !words("no-support-for-architecture-all").includes("Packages"),
  };
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DATE =
  /^(?:[A-Z][a-z]{2}, +)?([0-9]{1,2}) ([A-Z][a-z]{2}) ([0-9]{4}) ([0-9]{1,2}):([0-9]{2}):([0-9]{2}) +(?:UTC|GMT|Z|\+0000)$/;

/** `Wed, 25 Nov 2026 02:22:30 UTC`: apt too reads universal time alone. */
function dateOf(text: string | undefined): number | undefined {
  const [, day, name = "", year, hour, minute, second] = DATE.exec(text ?? "") ?? [];
  const month = MONTHS.indexOf(name);
  if (month < 0) return undefined;
  const time = [day, hour, minute, second].map(Number);
  const [date = 0, h = 0, m = 0, s = 0] = time;
  if (date < 1 || date > 31 || h > 23 || m > 59 || s > 60) return undefined;
  return Date.UTC(Number(year), month, date, h, m, s);
}

import { plainPath } from "../image/path.ts";
import { type DatabaseLine, dpkgInvalid, shown } from "./invalid.ts";
import type { InstalledPackage } from "./package-database.ts";
import { providesOf, relationsOf } from "./parse-relations.ts";
import type { Stanza } from "./read-deb822.ts";
import { parseDebianVersion } from "./version.ts";

/** What a stanza says of a package; its files and apt's marks stand elsewhere. */
export type PackageStanza = Omit<InstalledPackage, "automatic" | "paths">;

const NAME = /^[A-Za-z0-9][A-Za-z0-9+._-]*$/;
const ARCHITECTURE = /^[A-Za-z0-9][A-Za-z0-9-]*$/;
const MAX_NAME = 200;
/** Ten times what any has: each relation to the package reads it again. */
const MAX_VERSION = 1000;

/**
 * The package of a stanza; undefined where its files are not there (`config-files`, `not-installed`). A stanza without
 * `Status`, as in `status.d`, is of an installed one. Throws AuditError DPKG_INVALID where dpkg would refuse it.
 */
export function parsePackage(stanza: Stanza): PackageStanza | undefined {
  const place = { file: stanza.file, line: stanza.line };
  const text = (field: string): string | undefined => stanza.fields.get(field)?.value || undefined;
  const name = text("package");
  if (name === undefined) throw dpkgInvalid("a stanza without Package", place);
  if (name.length > MAX_NAME || !NAME.test(name))
    throw dpkgInvalid(`"${shown(name)}" is no name of a package`, place);
  const status = statusOf(stanza);
  if (status === undefined) return undefined;
  const version = text("version") ?? "";
  // A further line begins with a space, which dpkg refuses in a version.
  const isPlain = version.length <= MAX_VERSION && !version.includes("\n");
  if (!isPlain || parseDebianVersion(version) === undefined)
    throw dpkgInvalid(`"${shown(version)}" is no version (package ${name})`, place);
  const architecture = text("architecture") ?? "";
  if (architecture !== "" && !ARCHITECTURE.test(architecture))
    throw dpkgInvalid(`"${shown(architecture)}" is no architecture (package ${name})`, place);
  const source = sourceOf(text("source"), { name, version });
  if (source.version.length > MAX_VERSION)
    throw dpkgInvalid(`"${shown(source.version)}" is no version (source of package ${name})`, place);
  const size = text("installed-size");
  const optional = { priority: text("priority"), section: text("section") };
  const about = { maintainer: text("maintainer"), homepage: text("homepage") };
  return {
    id: `${name}:${architecture}`,
    name,
    architecture,
    version,
    source,
    ...status,
    ...present(optional),
    ...present(about),
    essential: text("essential") === "yes",
    protected: text("protected") === "yes" || text("important") === "yes",
    multiArch: multiArchOf(text("multi-arch"), place),
    ...(size !== undefined && /^[0-9]{1,15}$/.test(size) ? { installedSize: Number(size) } : {}),
    depends: relationsOf(stanza, "depends"),
    preDepends: relationsOf(stanza, "pre-depends"),
    recommends: relationsOf(stanza, "recommends"),
    suggests: relationsOf(stanza, "suggests"),
    provides: providesOf(stanza),
    conffiles: conffilesOf(text("conffiles")),
  };
}

/** Without those that are undefined. */
function present<Key extends string>(
  values: Readonly<Record<Key, string | undefined>>,
): Partial<Record<Key, string>> {
  // Object.entries forgets the names; they are those of `values`.
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<
    Record<Key, string>
  >;
}

const STATES: Readonly<Record<string, InstalledPackage["state"] | "absent">> = {
  installed: "installed",
  unpacked: "unpacked",
  "half-configured": "half-configured",
  "half-installed": "half-installed",
  "triggers-awaited": "triggers-awaited",
  "triggers-pending": "triggers-pending",
  "config-files": "absent",
  "not-installed": "absent",
};

/** `want flag state`. */
function statusOf(stanza: Stanza): Pick<InstalledPackage, "state" | "held"> | undefined {
  const field = stanza.fields.get("status");
  if (field === undefined) return { state: "installed", held: false };
  const [want, , word = ""] = field.value.split(/\s+/, 3);
  const state = Object.hasOwn(STATES, word) ? STATES[word] : undefined;
  if (state === undefined)
    throw dpkgInvalid(`"${shown(field.value)}" is no status`, { file: stanza.file, line: field.line });
  return state === "absent" ? undefined : { state, held: want === "hold" };
}

/** `name (version)`; what is not said is as the package has it. */
function sourceOf(text: string | undefined, own: InstalledPackage["source"]): InstalledPackage["source"] {
  if (text === undefined) return own;
  const [name = own.name, version] = text.split(/\s+/, 2);
  const inner = version?.startsWith("(") && version.endsWith(")") ? version.slice(1, -1) : undefined;
  return { name, version: inner ?? own.version };
}

function multiArchOf(text: string | undefined, place: DatabaseLine): InstalledPackage["multiArch"] {
  switch (text) {
    case undefined:
    case "no":
      return "no";
    case "same":
    case "foreign":
    case "allowed":
      return text;
    default:
      throw dpkgInvalid(`"${shown(text)}" is no value of Multi-Arch`, place);
  }
}

/** `/path md5 [obsolete] [remove-on-upgrade]`, a line each. Paths may hold spaces; what leads out of the image is none. */
function conffilesOf(text: string | undefined): readonly string[] {
  return (text?.split("\n") ?? []).flatMap((line) => {
    const words = line.trim().split(" ");
    const flags: string[] = [];
    while (words.at(-1) === "obsolete" || words.at(-1) === "remove-on-upgrade") flags.push(words.pop() ?? "");
    words.pop();
    const path = words.join(" ");
    const plain = plainPath(path);
    const counts = path.startsWith("/") && !flags.includes("obsolete");
    return counts && plain.ok && plain.path !== "" ? [plain.path] : [];
  });
}

import type { PackageDatabase } from "../dpkg/package-database.ts";
import type { FileTree } from "../image/file-tree.ts";
import { canonicalName } from "./canonical-name.ts";
import { type Listed, withFiles } from "./distribution-files.ts";
import type { Distribution, RecordedFile } from "./environment.ts";
import { readEntryPoints } from "./ini-text.ts";
import { joinPath } from "./join-path.ts";
import { linesOf, type MetadataFields, readMetadata } from "./metadata-text.ts";
import { readRecord } from "./record-text.ts";

/** Something in the metadata of a distribution that is not as its specification has it. */
export interface MetadataFlaw {
  readonly path: string;
  readonly line?: number;
  readonly why: string;
}

export interface ReadDistributions {
  readonly distributions: readonly Distribution[];
  readonly flaws: readonly MetadataFlaw[];
}

const TEXT = new TextDecoder();

/**
 * The distributions whose metadata lie at these paths: folders `*.dist-info`, folders or files `*.egg-info`. One that is
 * described twice in its folder, by both, counts once.
 */
export function readDistributions(
  tree: FileTree,
  metadata: readonly string[],
  packages?: PackageDatabase,
): ReadDistributions {
  const flaws: MetadataFlaw[] = [];
  const listed = new Map<string, Listed>();
  for (const path of metadata) {
    const read = readOne(tree, path, flaws);
    if (read === undefined) continue;
    const id = `${read.location} ${read.key} ${read.version}`;
    if (!listed.has(id)) listed.set(id, read);
  }
  return { distributions: withFiles(tree, [...listed.values()], packages), flaws };
}

function readOne(tree: FileTree, metadata: string, flaws: MetadataFlaw[]): Listed | undefined {
  const text = (name: string): string | undefined => textAt(tree, `${metadata}/${name}`);
  const isFolder = tree.resolve(metadata)?.file.type === "directory";
  const written = isFolder ? (text("METADATA") ?? text("PKG-INFO")) : textAt(tree, metadata);
  if (written === undefined) {
    flaws.push({ path: metadata, why: "it has no METADATA that could be read" });
    return undefined;
  }
  const fields = readMetadata(written);
  const [name] = fields.get("name") ?? [];
  const [version] = fields.get("version") ?? [];
  if (name === undefined || version === undefined) {
    flaws.push({ path: metadata, why: "its METADATA has no Name, or no Version" });
    return undefined;
  }
  const location = metadata.slice(0, Math.max(0, metadata.lastIndexOf("/")));
  const installer = text("INSTALLER")?.trim();
  const requiresPython = fields.get("requires-python")?.[0];
  const licence = licenceOf(fields);
  const vendoredBy = /(?:^|\/)([^/]+)\/_vendor(?:\/|$)/.exec(location)?.[1];
  const editable = editableProject(text("direct_url.json"));
  const { recorded, flaws: damaged } = recordedFiles(text("RECORD"), text("installed-files.txt"), {
    metadata,
    location,
  });
  flaws.push(...damaged);
  const topLevel = topLevelOf(fields, text("top_level.txt"));
  return {
    name,
    key: canonicalName(name),
    version,
    location,
    metadata,
    ...(installer === undefined || installer === "" ? {} : { installer }),
    requested: tree.at(`${metadata}/REQUESTED`) !== undefined,
    editable: editable !== undefined,
    ...(editable === undefined || editable === "" ? {} : { project: editable }),
    ...(vendoredBy === undefined ? {} : { vendoredBy }),
    tags: tagsOf(text("WHEEL")),
    requires: fields.get("requires-dist") ?? requiresOfEgg(text("requires.txt")),
    ...(requiresPython === undefined ? {} : { requiresPython }),
    ...(licence === undefined ? {} : { licence }),
    entryPoints: readEntryPoints(text("entry_points.txt") ?? ""),
    recorded,
    sources: text("SOURCES.txt"),
    ...(topLevel === undefined ? {} : { topLevel }),
  };
}

function textAt(tree: FileTree, path: string): string | undefined {
  const content = tree.resolve(path)?.file.content;
  return content === undefined ? undefined : TEXT.decode(content);
}

/** The expression (PEP 639) before the old field, which often holds a whole text. */
function licenceOf(fields: MetadataFields): string | undefined {
  const written = fields.get("license-expression")?.[0] ?? fields.get("license")?.[0];
  return written === undefined || written === "" || written.includes("\n") || written.length > 200
    ? fields.get("classifier")?.find((each) => each.startsWith("License :: "))
    : written;
}

/** Import-Name (PEP 794), else top_level.txt. */
function topLevelOf(fields: MetadataFields, text: string | undefined): readonly string[] | undefined {
  const declared = fields.get("import-name");
  if (declared !== undefined)
    return declared.filter((each) => each !== "").map((each) => each.split(";", 1).join("").trim());
  if (text === undefined) return undefined;
  const words = [...linesOf(text)].map((line) => line.trim()).filter((line) => line !== "");
  return words.length === 0 ? undefined : words;
}

/** `Tag:` lines of WHEEL. */
function tagsOf(text: string | undefined): readonly string[] {
  return text === undefined ? [] : (readMetadata(text).get("tag") ?? []);
}

/** requires.txt of an egg: each section is for an extra, a marker, or both: `[extra:marker]`. As importlib.metadata writes it. */
function requiresOfEgg(text: string | undefined): readonly string[] {
  const found: string[] = [];
  let condition = "";
  for (const line of linesOf(text ?? "")) {
    const written = line.trim();
    const section = /^\[(.*)\]$/.exec(written)?.[1];
    if (section !== undefined) condition = conditionOf(section);
    else if (written !== "" && !written.startsWith("#"))
      // A URL ends at white space only.
      found.push(`${written}${written.includes("@") ? " " : ""}${condition}`);
  }
  return found;
}

function conditionOf(section: string): string {
  const [extra = "", ...rest] = section.split(":");
  const marker = rest.join(":");
  const both = [
    ...(marker === "" ? [] : [extra === "" ? marker : `(${marker})`]),
    ...(extra === "" ? [] : [`extra == "${extra}"`]),
  ];
  return both.length === 0 ? "" : `; ${both.join(" and ")}`;
}

/** By direct_url.json (PEP 610, PEP 660), the folder of an editable install, "" where it names none; undefined for any other. */
function editableProject(text: string | undefined): string | undefined {
  try {
    // Looked at member by member.
    const read = JSON.parse(text ?? "null") as {
      readonly url?: unknown;
      readonly dir_info?: { readonly editable?: unknown } | null;
    } | null;
    if (read?.dir_info?.editable !== true) return undefined;
    const path = typeof read.url === "string" ? /^file:\/\/(\/[^?#]*)/.exec(read.url)?.[1] : undefined;
    return path === undefined ? "" : joinPath("", decodeURIComponent(path));
  } catch {
    return undefined;
  }
}

interface Recorded {
  readonly recorded: readonly RecordedFile[] | undefined;
  readonly flaws: readonly MetadataFlaw[];
}

function recordedFiles(record: string | undefined, installed: string | undefined, place: Place): Recorded {
  const { metadata, location } = place;
  if (record !== undefined) {
    const { files, damaged } = readRecord(record, location);
    const path = `${metadata}/RECORD`;
    const why = "it is no row of path, hash and size";
    return { recorded: files, flaws: damaged.map((line) => ({ path, line, why })) };
  }
  // Old installs: paths from the egg-info folder itself.
  return { recorded: installed === undefined ? undefined : readRecord(installed, metadata).files, flaws: [] };
}

interface Place {
  readonly metadata: string;
  readonly location: string;
}

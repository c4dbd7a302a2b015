import { posix } from "node:path";
import { digestOf } from "../core/base/digest.ts";
import { LapstrakeError } from "../core/base/error.ts";
import type { Finding } from "../core/base/finding.ts";
import { canonicalJson } from "../core/base/json.ts";
import type { DeclaredImage } from "../core/blueprint/blueprint.ts";
import { type IgnoreRules, ignoreFileNames, parseIgnore } from "../core/dockerfile/ignore.ts";
import { type ContextFiles, matchSources } from "../core/dockerfile/match.ts";
import type { ContextSource } from "../core/dockerfile/resolved.ts";
import type { InputFile } from "../core/graph/identity.ts";
import type { ImageNode } from "../core/graph/image-graph.ts";
import type { Subject } from "../core/plan/trace.ts";
import type { TreeEntry } from "../edge/tree/port.ts";
import { dockerfileFinding, type Fleet, PROFILE_CONTEXT, PROFILE_FILE } from "./load-fleet.ts";
import { missingSource } from "./missing-source.ts";

export interface Prepared {
  readonly subjects: readonly Subject[];
  readonly findings: readonly Finding[];
  /** By image: bytes of the context files that it reads. */
  readonly contextBytes: ReadonlyMap<string, number>;
  /** By image: its Dockerfile and the files that it reads, relative to the fleet's folder. */
  readonly paths: ReadonlyMap<string, readonly string[]>;
}

/**
 * Reads and hashes what each image really uses of the working tree. Nothing outside of that can move an identity. An image
 * whose files cannot be told has a finding that is an error, and no subject.
 */
export async function prepare(fleet: Fleet, signal?: AbortSignal): Promise<Prepared> {
  const reader = new ContextReader(fleet, signal);
  const subjects: Subject[] = [];
  const findings: Finding[] = [];
  const contextBytes = new Map<string, number>();
  const paths = new Map<string, readonly string[]>();
  for (const node of fleet.graph.nodes.values()) {
    const read = await readInputs(reader, node).catch((error: unknown) =>
      dockerfileFinding(node.declared, error),
    );
    if ("rule" in read) {
      findings.push(read);
      continue;
    }
    findings.push(...read.findings);
    contextBytes.set(node.name, read.bytes);
    paths.set(node.name, [node.declared.dockerfile, ...read.paths]);
    subjects.push(subjectOf(fleet, node, [...read.files, ...profileFile(fleet, node.declared)]));
  }
  return { subjects, findings, contextBytes, paths };
}

/** One image's inputs as they are now. */
export async function readSubject(fleet: Fleet, node: ImageNode, signal?: AbortSignal): Promise<Subject> {
  const { files } = await readInputs(new ContextReader(fleet, signal), node);
  return subjectOf(fleet, node, [...files, ...profileFile(fleet, node.declared)]);
}

function subjectOf(fleet: Fleet, node: ImageNode, files: readonly InputFile[]): Subject {
  const { declared, dockerfile } = node;
  const usesApt = declared.apt ?? dockerfile.usesApt;
  const { namespace } = fleet.place;
  return {
    node,
    repository: namespace === undefined ? node.name : `${namespace}/${node.name}`,
    own: {
      instructions: dockerfile.stages.flatMap((stage) => stage.instructions.map((each) => each.canonical)),
      args: Object.fromEntries(dockerfile.usedArgs.map(({ name, value }) => [name, value])),
      target: declared.target,
      platforms: fleet.blueprint.platforms,
      compression: declared.compression,
      frontend: dockerfile.needsFrontend?.ref,
      secretIds: dockerfile.secrets.map(({ id }) => id),
      index: usesApt ? fleet.lock?.index.apt?.digest : undefined,
      files,
    },
  };
}

/** The profile of the image's machine as a file, where the Dockerfile copies it. */
function profileFile(fleet: Fleet, declared: DeclaredImage): readonly InputFile[] {
  const used = fleet.graph.nodes
    .get(declared.name)
    ?.dockerfile.sources.some(({ from }) => from === PROFILE_CONTEXT);
  const text = used === true ? profileText(fleet, declared) : undefined;
  if (text === undefined) return [];
  return [
    { context: PROFILE_CONTEXT, path: PROFILE_FILE, type: "file", mode: 0o644, digest: digestOf(text) },
  ];
}

/** The content of machine-profile.json, or undefined for an image that belongs to no machine. */
export function profileText(fleet: Fleet, declared: DeclaredImage): string | undefined {
  const machine = fleet.blueprint.machines.find(({ name }) => name === declared.machine);
  return machine === undefined
    ? undefined
    : `${canonicalJson({ machine: machine.name, ...machine.profile })}\n`;
}

interface ReadInputs {
  readonly files: readonly InputFile[];
  readonly findings: readonly Finding[];
  readonly paths: readonly string[];
  readonly bytes: number;
}

async function readInputs(reader: ContextReader, node: ImageNode): Promise<ReadInputs> {
  const chosen = new Map<string, Chosen>();
  const findings: Finding[] = [];
  for (const source of node.dockerfile.sources) {
    const folder = source.from === undefined ? node.declared.context : node.declared.contexts[source.from];
    // The machine's profile is made from the blueprint, not read.
    if (folder === undefined) continue;
    const listing = await reader.list(
      folder,
      source.from === undefined ? node.declared.dockerfile : undefined,
    );
    if (listing === undefined) {
      findings.push(missingFolder(node, source.from, folder));
      continue;
    }
    const { files, ignore } = listing;
    const matched = matchSources(source, files);
    findings.push(
      ...matched.missing.map((pattern) => missingSource({ node, source, pattern, folder, files, ignore })),
    );
    const context = source.from ?? "";
    const group = chosen.get(context) ?? { context, folder, entries: new Map<string, TreeEntry>() };
    for (const entry of withFolders(source, matched.files, listing.entries))
      group.entries.set(entry.path, entry);
    chosen.set(context, group);
  }
  const groups = [...chosen.values()];
  const files = await Promise.all(groups.map((group) => reader.hash(group)));
  const entries = groups.flatMap((group) => [...group.entries.values()]);
  return {
    findings: [...findings, ...specialFiles(node, entries)],
    files: files.flat(),
    paths: groups.flatMap(({ folder, entries }) =>
      [...entries.keys()].map((path) => posix.join(folder, path)),
    ),
    bytes: entries.reduce((sum, entry) => sum + (entry.type === "file" ? entry.size : 0), 0),
  };
}

interface Chosen {
  readonly context: string;
  readonly folder: string;
  readonly entries: Map<string, TreeEntry>;
}

/** The matched files, and the folders that are copied with them: their modes end up in the image too. */
function withFolders(
  source: ContextSource,
  files: readonly string[],
  entries: ReadonlyMap<string, TreeEntry>,
): readonly TreeEntry[] {
  const tops = source.patterns.map(literalFolder);
  const paths = new Set<string>();
  for (const file of files) {
    paths.add(file.replace(/\/$/, ""));
    for (
      let folder = posix.dirname(file);
      folder !== "." && !paths.has(folder);
      folder = posix.dirname(folder)
    ) {
      if (tops.some((top) => top === "." || folder === top || folder.startsWith(`${top}/`)))
        paths.add(folder);
    }
  }
  return [...paths].flatMap((path) => entries.get(path) ?? []);
}

/** `/app/*.py` is about `app`; `app/` is about `app` itself. */
function literalFolder(pattern: string): string {
  const wildcard = pattern.search(/[*?[\\]/);
  const literal = wildcard < 0 ? pattern : pattern.slice(0, pattern.lastIndexOf("/", wildcard) + 1);
  return posix.normalize(literal.replace(/^\/+/, "")).replace(/\/$/, "") || ".";
}

function missingFolder(node: ImageNode, name: string | undefined, folder: string): Finding {
  return {
    rule: "context-missing",
    level: "error",
    message: `${node.name}: there is no folder ${folder}, its ${name === undefined ? "context" : `context ${name}`}`,
    at: node.declared.at,
    hint: "paths are relative to the folder of the blueprint",
  };
}

function specialFiles(node: ImageNode, entries: readonly TreeEntry[]): Finding[] {
  return entries
    .filter((entry) => entry.type === "special")
    .map((entry) => ({
      rule: "special-file",
      level: "warning",
      message: `${node.name}: ${entry.path} is a socket, pipe or device; a build leaves it out`,
      at: node.declared.at,
    }));
}

interface Listing {
  readonly entries: ReadonlyMap<string, TreeEntry>;
  readonly files: ContextFiles;
  readonly ignore: Ignore | undefined;
}

interface Ignore {
  readonly file: string;
  readonly text: string;
  readonly rules: IgnoreRules;
}

/** Lists each context once for each set of ignore rules, since many images share the root of a repository. */
class ContextReader {
  readonly #fleet: Fleet;
  readonly #signal: AbortSignal | undefined;
  readonly #listings = new Map<string, Promise<Listing | undefined>>();
  readonly #texts = new Map<string, Promise<string | undefined>>();

  constructor(fleet: Fleet, signal: AbortSignal | undefined) {
    this.#fleet = fleet;
    this.#signal = signal;
  }

  /**
   * `dockerfile` is given for the main context: its ignore file counts, as BuildKit reads it. Undefined where there is
   * no such folder.
   */
  async list(folder: string, dockerfile: string | undefined): Promise<Listing | undefined> {
    const ignore =
      dockerfile === undefined ? await this.#sharedIgnore(folder) : await this.#ignoreOf(folder, dockerfile);
    const key = `${folder}\0${ignore?.text ?? ""}`;
    const known = this.#listings.get(key) ?? this.#read(folder, ignore);
    this.#listings.set(key, known);
    return known;
  }

  async hash({ context, folder, entries }: Chosen): Promise<readonly InputFile[]> {
    const all = [...entries.values()];
    const digests = await this.#fleet.tree.hash(folder, all, this.#signal);
    return all.flatMap((entry) => inputFile(context, entry, digests.get(entry.path)));
  }

  async #read(folder: string, ignore: Ignore | undefined): Promise<Listing | undefined> {
    const options = {
      ...(ignore === undefined ? {} : { ignore: ignore.rules }),
      ...(this.#signal === undefined ? {} : { signal: this.#signal }),
    };
    let entries: readonly TreeEntry[];
    try {
      entries = await this.#fleet.tree.list(folder, options);
    } catch (error) {
      if (error instanceof LapstrakeError && error.code === "TREE_MISSING") return undefined;
      throw error;
    }
    const folders = new Set(entries.map((entry) => posix.dirname(entry.path)));
    const files = entries.flatMap((entry) => {
      if (entry.type !== "directory") return [entry.path];
      return folders.has(entry.path) ? [] : [`${entry.path}/`];
    });
    const links = entries.flatMap((entry) =>
      entry.target === undefined ? [] : [[entry.path, entry.target] as const],
    );
    return {
      entries: new Map(entries.map((entry) => [entry.path, entry])),
      files: { files, links: new Map(links) },
      ignore,
    };
  }

  async #ignoreOf(folder: string, dockerfile: string): Promise<Ignore | undefined> {
    return (await this.#ignore(ignoreFileNames(dockerfile).own)) ?? this.#sharedIgnore(folder);
  }

  #sharedIgnore(folder: string): Promise<Ignore | undefined> {
    return this.#ignore(posix.join(folder, ".dockerignore"));
  }

  async #ignore(file: string): Promise<Ignore | undefined> {
    const text = await this.#text(file);
    return text === undefined ? undefined : { file, text, rules: parseIgnore(text, file) };
  }

  #text(path: string): Promise<string | undefined> {
    const known =
      this.#texts.get(path) ??
      this.#fleet.tree
        .read(path)
        .then((bytes) => (bytes === undefined ? undefined : new TextDecoder().decode(bytes)));
    this.#texts.set(path, known);
    return known;
  }
}

function inputFile(context: string, entry: TreeEntry, digest: InputFile["digest"]): readonly InputFile[] {
  if (entry.type === "special") return [];
  const { path, type, mode } = entry;
  return [{ context, path, type, mode, ...(digest === undefined ? {} : { digest }) }];
}

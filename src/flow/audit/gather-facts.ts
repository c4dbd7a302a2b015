import { firstLayersOf, type PackageOrigin } from "../../core/audit/dpkg/first-layers.ts";
import { readPackages } from "../../core/audit/dpkg/read-packages.ts";
import type { ElfFacts, GpuFacts } from "../../core/audit/elf/elf-facts.ts";
import { AuditError } from "../../core/audit/error.ts";
import type { SourceReader } from "../../core/audit/image/audit-question.ts";
import type { FileNote } from "../../core/audit/image/file-note.ts";
import type { FileTree } from "../../core/audit/image/file-tree.ts";
import type { LayerFacts } from "../../core/audit/image/layer-facts.ts";
import { EMPTY_SOURCE, type PythonSource } from "../../core/audit/python/python-source.ts";
import { readEnvironments } from "../../core/audit/python/read-environments.ts";
import type { ImageConfig } from "../../core/oci/manifest.ts";
import type { AuditFacts } from "../../core/policy/audit/audit-facts.ts";
import type { ReadImage } from "./read-image.ts";

/** An image as an audit sees it: its layers laid over each other, and what was noted of the files that are left. */
export interface AuditedImage {
  readonly facts: AuditFacts;

  /** By id, the layer that brought a package. */
  readonly origins: ReadonlyMap<string, PackageOrigin>;
  /** By path of a `copyright` file, the licences that it names: where that was asked. */
  readonly licences: ReadonlyMap<string, readonly string[]>;
}

/**
 * Puts the facts of layers together; `reader` reads what stands on command lines, and was what read the layers. Throws
 * AuditError where a database of the image cannot be read.
 */
export function gatherFacts(
  { layers, flat: { tree } }: Pick<ReadImage, "layers" | "flat">,
  config: ImageConfig["config"],
  reader?: SourceReader,
): AuditedImage {
  const notes = topNotes(layers, (path) => tree.at(path)?.layer);
  const elf = new Map<string, ElfFacts>();
  const gpu = new Map<string, GpuFacts>();
  const sources = new Map<string, PythonSource>();
  const scripts = new Map<string, string>();
  const shells = new Map<string, string>();
  const licences = new Map<string, readonly string[]>();
  const unread: Extract<FileNote, { kind: "unread" }>[] = [];
  for (const note of notes) {
    if (note.kind === "elf") {
      elf.set(note.path, note.elf);
      if (note.elf.gpu !== undefined) gpu.set(note.path, note.elf.gpu);
    } else if (note.kind === "python") sources.set(note.path, note.source);
    else if (note.kind === "script") scripts.set(note.path, note.interpreter);
    else if (note.kind === "shell") shells.set(note.path, note.text);
    else if (note.kind === "licences") licences.set(note.path, note.names);
    else if (note.kind === "unread") unread.push(note);
  }
  const packages = readPackages(tree);
  const { environments } = readEnvironments(tree, packages);
  const facts: AuditFacts = {
    config,
    tree,
    elfAt: (path) => elf.get(path),
    contentOf: (path) => tree.resolve(path)?.file.content,
    sourceAt: (path) => sources.get(path) ?? (isEmptySource(tree, path) ? EMPTY : undefined),
    codeOf: (text) => reader && codeRead(reader, text),
    shellAt: (path) => shells.get(path),
    scriptAt: (path) => scripts.get(path),
    packages,
    gpu,
    environments,
    unread,
  };
  return { facts, origins: firstLayersOf(layers), licences };
}

/** Empty files get no notes. */
const EMPTY: PythonSource = { ...EMPTY_SOURCE, names: [] };

function isEmptySource(tree: FileTree, path: string): boolean {
  const file = path.endsWith(".py") ? tree.resolve(path)?.file : undefined;
  return file?.type === "file" && file.size === 0;
}

/** What a parser refuses is not known. */
function codeRead(reader: SourceReader, text: string): PythonSource | undefined {
  try {
    return reader.read(new TextEncoder().encode(text), undefined);
  } catch (thrown) {
    if (!(thrown instanceof AuditError)) throw thrown;
    return undefined;
  }
}

/** Notes of the files that a container would see; those of a hard link are those of the file that it was made of. */
function* topNotes(
  layers: readonly LayerFacts[],
  layerAt: (path: string) => number | undefined,
): Generator<FileNote> {
  for (const [index, { notes, entries }] of layers.entries()) {
    const byPath = new Map<string, FileNote[]>();
    for (const note of notes) {
      const known = byPath.get(note.path);
      if (known === undefined) byPath.set(note.path, [note]);
      else known.push(note);
      if (layerAt(note.path) === index) yield note;
    }
    for (const { path, type, target } of entries) {
      if (type !== "hardlink" || target === undefined || layerAt(path) !== index) continue;
      for (const note of byPath.get(target) ?? []) yield { ...note, path };
    }
  }
}

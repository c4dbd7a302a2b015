import type { Digest } from "../../base/digest.ts";
import type { ByteRange } from "../elf/held-bytes.ts";
import { AuditError } from "../error.ts";
import type { TarEntry } from "../tar/entry.ts";
import { type ContentSink, TarReader } from "../tar/reader.ts";
import type { FileNote } from "./file-note.ts";
import type {
  ContentQuestion,
  ContentReader,
  LayerEntry,
  LayerFacts,
  ReadContent,
  Skipped,
  Whiteout,
} from "./layer-facts.ts";
import { plainPath } from "./path.ts";

export interface LayerLimits {
  readonly entries: number;
  /** Characters of all names and link texts together. */
  readonly characters: number;
}

/** More than any image has; what a layer is remembered by must fit into memory. */
const LIMITS: LayerLimits = {
  entries: 1_000_000,
  characters: 128 * 1024 * 1024,
};
/** What Linux follows at most. */
const MAX_TARGET = 4096;
/** What is told of each kind; the rest is counted. */
const MAX_TOLD = 1000;
/** A layer has some ten thousand libraries and sources at most; each of its notes has a bounded size. */
const MAX_NOTES = 500_000;

const WHITEOUT = ".wh.";
const OPAQUE = ".wh..wh..opq";

/** Takes the unpacked bytes of a layer and gives its facts. Throws AuditError TAR_INVALID, TAR_TRUNCATED, LAYER_LIMIT. */
export class LayerCollector {
  readonly #question: ContentQuestion;
  readonly #limits: LayerLimits;
  readonly #reader = new TarReader((entry) => this.#visit(entry));
  readonly #entries: LayerEntry[] = [];
  readonly #whiteouts: Whiteout[] = [];
  readonly #kept = new Map<string, Uint8Array>();
  readonly #notes: FileNote[] = [];
  readonly #again = new Map<string, readonly ByteRange[]>();
  readonly #unread: string[] = [];
  readonly #skipped: Skipped[] = [];
  #characters = 0;
  #keptBytes = 0;
  #bytes = 0;

  constructor(question: ContentQuestion, limits = LIMITS) {
    this.#question = question;
    this.#limits = limits;
  }

  write(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    this.#reader.write(chunk);
  }

  /** By path, what has to be read once more, and which ranges of it were missed. */
  get again(): ReadonlyMap<string, readonly ByteRange[]> {
    return this.#again;
  }

  finish(diffId: Digest): LayerFacts {
    this.#reader.end();
    return {
      diffId,
      bytes: this.#bytes,
      entries: this.#entries,
      whiteouts: this.#whiteouts,
      kept: this.#kept,
      notes: this.#notes,
      unread: this.#unread,
      skipped: this.#skipped,
    };
  }

  #visit(entry: TarEntry): ContentSink | undefined {
    const plain = plainPath(entry.path);
    if (!plain.ok) return this.#skip(entry.path, plain.why);
    const { path } = plain;
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (name.startsWith(WHITEOUT)) return this.#whiteout(path, name);
    if (entry.type === "unknown") return this.#skip(path, "it is of a type that no image has a use for");
    const target = entry.type === "hardlink" ? plainPath(entry.target) : undefined;
    if (entry.target.length > MAX_TARGET)
      return this.#skip(path, `its link is longer than ${MAX_TARGET} characters`);
    if (target?.ok === false) return this.#skip(path, `its link goes to a path of which ${target.why}`);
    this.#count(path, entry.target);
    this.#entries.push({
      path,
      type: entry.type,
      mode: entry.mode,
      uid: entry.uid,
      gid: entry.gid,
      size: entry.size,
      ...(target !== undefined
        ? { target: target.path }
        : entry.type === "symlink"
          ? { target: entry.target }
          : {}),
      ...(entry.capabilities ? { capabilities: true } : {}),
    });
    return entry.type === "file" ? this.#content(path, entry) : undefined;
  }

  #whiteout(path: string, name: string): undefined {
    const folder = path.slice(0, Math.max(0, path.length - name.length - 1));
    if (name === OPAQUE) this.#whiteouts.push({ path: folder, opaque: true });
    // What else begins so is a union filesystem's own bookkeeping.
    else if (!name.startsWith(WHITEOUT + WHITEOUT)) {
      const hidden = name.slice(WHITEOUT.length);
      // A name that means the folder itself, or the one above it, would take away more than its own.
      if (hidden === "" || hidden === "." || hidden === "..")
        return this.#skip(path, "it takes away what is no name");
      this.#whiteouts.push({ path: folder === "" ? hidden : `${folder}/${hidden}`, opaque: false });
    }
    this.#count(path, "");
    return undefined;
  }

  #content(path: string, { size, sparse }: TarEntry): ContentSink | undefined {
    const wanted = this.#question.reads(path, size);
    if (wanted === undefined) return undefined;
    if (sparse) {
      if (this.#unread.length < MAX_TOLD) this.#unread.push(path);
      return undefined;
    }
    if (wanted !== "keep") return this.#reading(path, wanted);
    this.#keptBytes += size;
    if (this.#keptBytes > this.#question.keepLimit)
      throw limit(`more than ${this.#question.keepLimit} bytes of files to keep`);
    const content = new Uint8Array(size);
    let at = 0;
    return {
      data: (piece) => {
        content.set(piece, at);
        at += piece.length;
      },
      end: () => void this.#kept.set(path, content),
    };
  }

  #reading(path: string, reader: ContentReader): ContentSink {
    return {
      data: (piece) => reader.data(piece),
      end: () => {
        const read: ReadContent = reader.end();
        if ("again" in read) this.#again.set(path, read.again);
        else this.#notes.push(...read);
        if (this.#notes.length > MAX_NOTES) throw limit(`more than ${MAX_NOTES} things to note of files`);
      },
    };
  }

  #skip(path: string, why: string): undefined {
    if (this.#skipped.length < MAX_TOLD) this.#skipped.push({ path: path.slice(0, 300), why });
    this.#count("", "");
    return undefined;
  }

  #count(path: string, target: string): void {
    const { entries, characters } = this.#limits;
    this.#characters += path.length + target.length;
    const seen = this.#entries.length + this.#whiteouts.length + this.#skipped.length;
    if (seen > entries) throw limit(`more than ${entries} entries`);
    if (this.#characters > characters) throw limit(`more than ${characters} characters of names`);
  }
}

function limit(what: string): AuditError {
  return new AuditError("LAYER_LIMIT", `a layer has ${what}, which is more than is read of any`);
}

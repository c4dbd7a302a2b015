import type { Digest } from "../../base/digest.ts";
import type { TarEntry } from "../tar/entry.ts";
import { type ContentSink, TarReader } from "../tar/reader.ts";
import { AnswerCollector, layerLimit } from "./answer-collector.ts";
import type {
  ContentQuestion,
  LayerAnswer,
  LayerEntry,
  LayerListing,
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

const WHITEOUT = ".wh.";
const OPAQUE = ".wh..wh..opq";

/**
 * Takes the unpacked bytes of a layer (or, of a folder, one entry after the other) and gives its listing, with an answer
 * to each question. Throws AuditError TAR_INVALID, TAR_TRUNCATED, LAYER_LIMIT.
 */
export class LayerCollector {
  readonly #answers: readonly AnswerCollector[];
  readonly #limits: LayerLimits;
  readonly #reader = new TarReader((entry) => this.take(entry));
  readonly #entries: LayerEntry[] = [];
  readonly #whiteouts: Whiteout[] = [];
  readonly #skipped: Skipped[] = [];
  #characters = 0;
  #bytes = 0;

  constructor(questions: readonly ContentQuestion[], limits = LIMITS) {
    this.#answers = questions.map((question) => new AnswerCollector(question));
    this.#limits = limits;
  }

  /** In the order of the questions. */
  get answers(): readonly AnswerCollector[] {
    return this.#answers;
  }

  write(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    this.#reader.write(chunk);
  }

  /** After all of the archive came. */
  finish(diffId: Digest): { readonly listing: LayerListing; readonly answers: readonly LayerAnswer[] } {
    this.#reader.end();
    const listing = {
      diffId,
      bytes: this.#bytes,
      entries: this.#entries,
      whiteouts: this.#whiteouts,
      skipped: this.#skipped,
    };
    return { listing, answers: this.#answers.map((each) => each.answer()) };
  }

  /** An entry as it stands in an archive; gives what takes its content, where that is wanted. */
  take(entry: TarEntry): ContentSink | undefined {
    const plain = plainPath(entry.path);
    if (!plain.ok) return this.skip(entry.path, plain.why);
    const { path } = plain;
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (name.startsWith(WHITEOUT)) return this.#whiteout(path, name);
    if (entry.type === "unknown") return this.skip(path, "it is of a type that no image has a use for");
    const target = entry.type === "hardlink" ? plainPath(entry.target) : undefined;
    if (entry.target.length > MAX_TARGET)
      return this.skip(path, `its link is longer than ${MAX_TARGET} characters`);
    if (target?.ok === false) return this.skip(path, `its link goes to a path of which ${target.why}`);
    this.#count(path, entry.target);
    for (const answer of this.#answers) answer.forget(path);
    this.#entries.push({
      path,
      type: entry.type,
      mode: entry.mode,
      uid: entry.uid,
      gid: entry.gid,
      size: entry.size,
      ...(entry.stored === undefined ? {} : { stored: entry.stored }),
      ...(target !== undefined
        ? { target: target.path }
        : entry.type === "symlink"
          ? { target: entry.target }
          : {}),
      ...(entry.capabilities ? { capabilities: true } : {}),
    });
    return entry.type === "file" ? this.#content(path, entry) : undefined;
  }

  /** Leaves out what cannot be laid into an image, and says why. */
  skip(path: string, why: string): undefined {
    if (this.#skipped.length < MAX_TOLD) this.#skipped.push({ path: path.slice(0, 300), why });
    this.#count("", "");
    return undefined;
  }

  #content(path: string, entry: TarEntry): ContentSink | undefined {
    const sinks = this.#answers.flatMap((each) => each.content(path, entry) ?? []);
    if (sinks.length <= 1) return sinks[0];
    return {
      data(piece) {
        for (const sink of sinks) sink.data(piece);
      },
      end() {
        for (const sink of sinks) sink.end();
      },
    };
  }

  #whiteout(path: string, name: string): undefined {
    const folder = path.slice(0, Math.max(0, path.length - name.length - 1));
    if (name === OPAQUE) this.#whiteouts.push({ path: folder, opaque: true });
    // What else begins so is a union filesystem's own bookkeeping.
    else if (!name.startsWith(WHITEOUT + WHITEOUT)) {
      const hidden = name.slice(WHITEOUT.length);
      // A name that means the folder itself, or the one above it, would take away more than its own.
      if (hidden === "" || hidden === "." || hidden === "..")
        return this.skip(path, "it takes away what is no name");
      this.#whiteouts.push({ path: folder === "" ? hidden : `${folder}/${hidden}`, opaque: false });
    }
    this.#count(path, "");
    return undefined;
  }

  #count(path: string, target: string): void {
    const { entries, characters } = this.#limits;
    this.#characters += path.length + target.length;
    const seen = this.#entries.length + this.#whiteouts.length + this.#skipped.length;
    if (seen > entries) throw layerLimit(`more than ${entries} entries`);
    if (this.#characters > characters) throw layerLimit(`more than ${characters} characters of names`);
  }
}

import type { ByteRange } from "../elf/held-bytes.ts";
import { AuditError } from "../error.ts";
import type { TarEntry } from "../tar/entry.ts";
import type { ContentSink } from "../tar/reader.ts";
import type { FileNote } from "./file-note.ts";
import type { ContentQuestion, ContentReader, LayerAnswer } from "./layer-facts.ts";

/** A layer has some ten thousand libraries and sources at most; each of its notes has a bounded size. */
const MAX_NOTES = 500_000;
const SPARSE = "it is a sparse file, of which the archive has only parts";

/** Gathers what one question learns of a layer, file by file. Throws AuditError LAYER_LIMIT. */
export class AnswerCollector {
  readonly #question: ContentQuestion;
  readonly #kept = new Map<string, Uint8Array>();
  /** By path: of two files of one name in an archive, the later one is in the image. */
  readonly #notes = new Map<string, readonly FileNote[]>();
  readonly #again = new Map<string, readonly ByteRange[]>();
  #keptBytes = 0;
  #noted = 0;

  constructor(question: ContentQuestion) {
    this.#question = question;
  }

  /** By path, what has to be read once more, and which ranges of it were missed. */
  get again(): ReadonlyMap<string, readonly ByteRange[]> {
    return this.#again;
  }

  answer(): LayerAnswer {
    return { kept: this.#kept, notes: [...this.#notes.values()].flat() };
  }

  /** Something else is put at a path that was seen before. */
  forget(path: string): void {
    this.#kept.delete(path);
    this.#notes.delete(path);
    this.#again.delete(path);
  }

  /** What takes the content of a file; undefined where the question has no use for it. */
  content(path: string, { size, sparse }: TarEntry): ContentSink | undefined {
    const wanted = this.#question.reads(path, size);
    if (wanted === undefined) return undefined;
    if (wanted === "keep") return sparse ? this.#leave(path, SPARSE) : this.#keeping(path, size);
    if ("unread" in wanted) return this.#leave(path, wanted.unread);
    return sparse ? this.#leave(path, SPARSE) : this.#reading(path, wanted);
  }

  #leave(path: string, why: string): undefined {
    this.#note(path, [{ kind: "unread", path, why }]);
    return undefined;
  }

  #keeping(path: string, size: number): ContentSink {
    this.#keptBytes += size;
    if (this.#keptBytes > this.#question.keepLimit)
      throw layerLimit(`more than ${this.#question.keepLimit} bytes of files to keep`);
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
        const read = reader.end();
        if ("again" in read) return void this.#again.set(path, read.again);
        this.#note(path, read);
      },
    };
  }

  #note(path: string, notes: readonly FileNote[]): void {
    if (notes.length > 0) this.#notes.set(path, notes);
    this.#noted += notes.length;
    if (this.#noted > MAX_NOTES) throw layerLimit(`more than ${MAX_NOTES} things to note of files`);
  }
}

export function layerLimit(what: string): AuditError {
  return new AuditError("LAYER_LIMIT", `a layer has ${what}, which is more than is read of any`);
}

import { isElf } from "../elf/elf-header.ts";
import type { ByteRange } from "../elf/held-bytes.ts";
import { ElfStream } from "../elf/stream-elf.ts";
import { AuditError } from "../error.ts";
import { possibleNames } from "../python/possible-names.ts";
import type { PythonSource } from "../python/python-source.ts";
import type { FileNote } from "./file-note.ts";
import { isKept } from "./kept-files.ts";
import type { ContentQuestion, ContentReader } from "./layer-facts.ts";
import { wholeReader } from "./whole-reader.ts";

/** What reads Python's source: a grammar, which is loaded outside of core. */
export interface SourceReader {
  /** Of the grammar and what is taken from it: another one learns other things. */
  readonly id: string;
  /** Throws AuditError for what no person wrote. */
  read(
    content: Uint8Array,
    interpreter: { readonly major: number; readonly minor: number } | undefined,
  ): PythonSource;
}

/** Each moves with what its question keeps or notes, so that answers of before are not taken for those of now. */
const LINKS_VERSION = 4;
const IMPORTS_VERSION = 4;

/** RECORD files of CUDA and torch have some megabytes in one layer. */
const KEEP_LIMIT = 96 * 1024 * 1024;
const MAX_KEPT = 32 * 1024 * 1024;
/** Larger sources are tables that somebody generated. */
const MAX_SOURCE = 4 * 1024 * 1024;
/** Entry points and small programs; larger ones without `.py` carry something else. */
const MAX_SCRIPT = 256 * 1024;
const MAX_SCRIPT_LINE = 256;
/** Scripts that start a program have some lines; those of the system's own packages are nobody's entry point. */
const MAX_SHELL = 32 * 1024;
const OF_SYSTEM = /^(?:usr\/(?!local\/)|etc\/|var\/|s?bin\/|lib(?:32|64)?\/)|\/(?:site|dist)-packages\//;
const SHELL_LINE = /^#![^\n]*\b(?:ba|da|a|z|k)?sh\b/;
const MAGIC = 4;
const [HASH, BANG] = [0x23, 0x21];

/** What a link audit asks of files: the databases whole, of each ELF file what its tables say, the first line of scripts. */
export const LINKS_QUESTION: ContentQuestion = {
  id: `links-${LINKS_VERSION}`,
  keepLimit: KEEP_LIMIT,
  reads(path, size, ranges) {
    if (isKept(path)) return size <= MAX_KEPT ? "keep" : { unread: `it is larger than ${MAX_KEPT} bytes` };
    return size === 0 ? undefined : new FormReader(path, size, ranges);
  },
};

/** What Python's sources import. A question of its own: it takes a parser and longer, and nobody who looks at links pays for it. */
export function importsQuestion(sources: SourceReader): ContentQuestion {
  return {
    id: `imports-${IMPORTS_VERSION}+${sources.id}`,
    keepLimit: 0,
    reads(path, size) {
      if (size === 0) return undefined;
      const read = (content: Uint8Array) => sourceNotes(path, content, sources);
      if (!path.endsWith(".py")) return size <= MAX_SCRIPT ? new ScriptReader(path, size, read) : undefined;
      return size <= MAX_SOURCE
        ? wholeReader(size, read)
        : { unread: `it has ${size} bytes; sources of at most ${MAX_SOURCE} are read` };
    },
  };
}

/** What a parser refuses is one file that is not known, and no reason to know nothing of the layer. */
function sourceNotes(path: string, content: Uint8Array, sources: SourceReader): readonly FileNote[] {
  try {
    const source = sources.read(content, interpreterOf(path));
    const names = possibleNames(path, content);
    const bytes = Buffer.from(content.buffer, content.byteOffset, content.length);
    const told = {
      ...(names === undefined ? {} : { names }),
      ...(bytes.includes("__package__") ? { mayMovePackage: true as const } : {}),
    };
    return [{ kind: "python", path, source: { ...source, ...told } }];
  } catch (thrown) {
    if (!(thrown instanceof AuditError)) throw thrown;
    return [{ kind: "unread", path, why: thrown.message }];
  }
}

/** The interpreter that a file is installed for; that of a service is not known from its path. */
function interpreterOf(path: string): { readonly major: number; readonly minor: number } | undefined {
  const minor = /(?:^|\/)python3\.(\d{1,2})\//.exec(path)?.[1];
  return minor === undefined ? undefined : { major: 3, minor: Number(minor) };
}

/**
 * A program of any name that Python runs: its first line says so, or its second where the first was too long (distlib). Those
 * that a shell runs are kept.
 */
class ScriptReader implements ContentReader {
  readonly #path: string;
  readonly #size: number;
  readonly #read: (content: Uint8Array) => readonly FileNote[];
  /** Of what may be a script: most files are none, and get no memory. */
  #content: Uint8Array | undefined;
  #at = 0;
  #isNone = false;

  constructor(path: string, size: number, read: (content: Uint8Array) => readonly FileNote[]) {
    this.#path = path;
    this.#size = size;
    this.#read = read;
  }

  data(piece: Uint8Array): void {
    if (this.#at === 0) this.#isNone = piece[0] !== HASH;
    if (this.#isNone) return;
    this.#content ??= new Uint8Array(this.#size);
    this.#content.set(piece, this.#at);
    this.#at += piece.length;
    this.#isNone = this.#at >= 2 && this.#content[1] !== BANG;
  }

  end(): readonly FileNote[] {
    if (this.#isNone || this.#content === undefined) return [];
    const head = new TextDecoder("latin1").decode(this.#content.subarray(0, 2 * MAX_SCRIPT_LINE));
    const [first = "", second = ""] = head.split("\n", 2);
    const isPython = first.includes("python") || (second.startsWith("'''exec'") && second.includes("python"));
    if (isPython) return this.#read(this.#content);
    if (!SHELL_LINE.test(head) || OF_SYSTEM.test(this.#path) || this.#size > MAX_SHELL) return [];
    return [{ kind: "shell", path: this.#path, text: new TextDecoder().decode(this.#content) }];
  }
}

/** Reads a file as what its first bytes say that it is, whatever its name. */
class FormReader implements ContentReader {
  readonly #path: string;
  readonly #size: number;
  readonly #ranges: readonly ByteRange[] | undefined;
  #form: { readonly elf: ElfStream } | { readonly notes: readonly FileNote[] } | undefined;
  #head: Uint8Array = new Uint8Array(0);

  constructor(path: string, size: number, ranges: readonly ByteRange[] | undefined) {
    this.#path = path;
    this.#size = size;
    this.#ranges = ranges;
  }

  data(piece: Uint8Array): void {
    if (this.#form !== undefined) {
      if ("elf" in this.#form) this.#form.elf.data(piece);
      return;
    }
    const head = this.#head.length === 0 ? piece : joined(this.#head, piece);
    if (isElf(head)) {
      const elf = new ElfStream(this.#size, this.#ranges);
      elf.data(head);
      this.#form = { elf };
      return;
    }
    const isWhole = head.length >= this.#size;
    const wanted = head[0] === HASH && head[1] === BANG ? MAX_SCRIPT_LINE : MAGIC;
    if (isWhole || head.length >= wanted) this.#form = { notes: scriptNotes(this.#path, head) };
    // A copy: the piece is only good during the call.
    else this.#head = new Uint8Array(head);
  }

  end() {
    const form = this.#form ?? { notes: scriptNotes(this.#path, this.#head) };
    if ("notes" in form) return form.notes;
    const read = form.elf.end();
    const path = this.#path;
    switch (read.state) {
      case "read":
        return [{ kind: "elf", path, elf: read.elf }] as const;
      case "invalid":
        return [{ kind: "unread", path, why: read.why }] as const;
      case "again":
        return { again: read.ranges };
    }
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}

/** The kernel reads 256 bytes at most (fs/binfmt_script.c); a carriage return is a part of the name to it. */
function scriptNotes(path: string, head: Uint8Array): readonly FileNote[] {
  if (head[0] !== HASH || head[1] !== BANG) return [];
  const line =
    new TextDecoder()
      .decode(head.subarray(2, MAX_SCRIPT_LINE))
      .split("\n", 1)[0]
      ?.replace(/^[ \t]+|[ \t]+$/g, "") ?? "";
  return line === "" ? [] : [{ kind: "script", path, interpreter: line }];
}

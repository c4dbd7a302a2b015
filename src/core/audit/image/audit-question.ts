import { isElf } from "../elf/elf-header.ts";
import type { ByteRange } from "../elf/held-bytes.ts";
import { ElfStream } from "../elf/stream-elf.ts";
import { AuditError } from "../error.ts";
import type { PythonSource } from "../python/python-source.ts";
import type { FileNote } from "./file-note.ts";
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

/** Moves with what is kept or noted, so that facts of before are not taken for those of now. */
const VERSION = 2;
/** RECORD files of CUDA and torch have some megabytes in one layer. */
const KEEP_LIMIT = 96 * 1024 * 1024;
const MAX_KEPT = 32 * 1024 * 1024;
/** Larger sources are tables that somebody generated. */
const MAX_SOURCE = 4 * 1024 * 1024;
const MAX_SCRIPT_LINE = 256;

/** By path: databases of packages, of the loader, of accounts, and of Python's distributions. */
const KEPT = new RegExp(
  [
    "^var/lib/dpkg/(?:status|diversions|arch(?:-native)?|(?:status\\.d|alternatives|updates)/[^/]+|info/[^/]+\\.(?:list|conffiles|shlibs|symbols))$",
    "^var/lib/apt/extended_states$",
    "^etc/(?:ld\\.so\\.cache|ld\\.so\\.conf|ld\\.so\\.conf\\.d/[^/]+|ld\\.so\\.preload|ld-musl-[^/]+\\.path|os-release|passwd|group)$",
    "^usr/lib/os-release$",
    "\\.dist-info/(?:METADATA|RECORD|WHEEL|INSTALLER|REQUESTED|top_level\\.txt|entry_points\\.txt|direct_url\\.json)$",
    "\\.egg-info(?:/(?:PKG-INFO|top_level\\.txt|requires\\.txt|entry_points\\.txt|installed-files\\.txt|SOURCES\\.txt))?$",
    "(?:^|/)pyvenv\\.cfg$",
    "-packages/[^/]+\\.(?:pth|egg-link)$",
  ].join("|"),
);

/**
 * What an audit asks of files: the databases whole, of each ELF file what its tables say, the first line of scripts. With
 * `sources`, also what Python's source imports; that is another question, since it takes a parser and longer.
 */
export function auditQuestion(sources?: SourceReader): ContentQuestion {
  return {
    id: `audit-${VERSION}${sources === undefined ? "" : `+${sources.id}`}`,
    keepLimit: KEEP_LIMIT,
    reads(path, size, ranges) {
      if (size === 0) return undefined;
      if (KEPT.test(path)) return size <= MAX_KEPT ? "keep" : undefined;
      if (sources !== undefined && path.endsWith(".py") && size <= MAX_SOURCE)
        return wholeReader(size, (content) => sourceNotes(path, content, sources));
      return new FormReader(path, size, ranges);
    },
  };
}

function sourceNotes(path: string, content: Uint8Array, sources: SourceReader): readonly FileNote[] {
  const script = scriptNotes(path, content);
  try {
    return [...script, { kind: "python", path, source: sources.read(content, interpreterOf(path)) }];
  } catch (thrown) {
    if (!(thrown instanceof AuditError)) throw thrown;
    return [...script, { kind: "unread", path, why: thrown.message }];
  }
}

/** The interpreter that a file is installed for; that of a service is not known from its path. */
function interpreterOf(path: string): { readonly major: number; readonly minor: number } | undefined {
  const minor = /(?:^|\/)python3\.(\d{1,2})\//.exec(path)?.[1];
  return minor === undefined ? undefined : { major: 3, minor: Number(minor) };
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
    const head = this.#head.length === 0 ? piece : Buffer.concat([this.#head, piece]);
    if (isElf(head)) {
      const elf = new ElfStream(this.#size, this.#ranges);
      elf.data(head);
      this.#form = { elf };
    } else if (
      head[0] === 0x23 &&
      head[1] === 0x21 &&
      head.length < MAX_SCRIPT_LINE &&
      head.length < this.#size
    ) {
      this.#head = new Uint8Array(head);
    } else if (head.length >= 4 || head.length === this.#size) {
      this.#form = { notes: scriptNotes(this.#path, head) };
    } else this.#head = new Uint8Array(head);
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

/** The kernel reads 256 bytes at most (fs/binfmt_script.c). */
function scriptNotes(path: string, head: Uint8Array): readonly FileNote[] {
  if (head[0] !== 0x23 || head[1] !== 0x21) return [];
  const line = new TextDecoder().decode(head.subarray(2, MAX_SCRIPT_LINE)).split("\n", 1)[0]?.trim() ?? "";
  return line === "" ? [] : [{ kind: "script", path, interpreter: line }];
}

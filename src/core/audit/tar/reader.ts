import { AuditError } from "../error.ts";
import type { TarEntry } from "./entry.ts";
import { BLOCK, invalid, numberAt, parseHeader, type TarHeader } from "./header.ts";
import { type PaxRecords, parsePax, paxNumber } from "./pax.ts";
import { nameText, untilZero } from "./text.ts";

/** Whoever wants an entry's content gets it in pieces. The bytes of a piece are only good during the call. */
export interface ContentSink {
  data(piece: Uint8Array): void;
  end(): void;
}

/** Called for every entry in the order of the stream; undefined where its content is not wanted. */
export type EntryVisitor = (entry: TarEntry) => ContentSink | undefined;

/** As Go's archive/tar has it. */
const MAX_EXTENSION = 1024 * 1024;
const NO_RECORDS: PaxRecords = new Map();

type State =
  | { readonly kind: "header" }
  /** Content of an entry, or of one that nobody wants. */
  | {
      readonly kind: "content";
      left: number;
      readonly padding: number;
      readonly sink: ContentSink | undefined;
    }
  | {
      readonly kind: "extension";
      left: number;
      readonly padding: number;
      readonly flag: string;
      readonly parts: Uint8Array[];
    }
  | { readonly kind: "padding"; left: number }
  /** Blocks of the old GNU sparse map, which follow their header. */
  | { readonly kind: "sparse-map"; readonly header: TarHeader }
  | { readonly kind: "ended" };

/**
 * Reads a tar stream that is pushed into it, in memory that does not grow with it: ustar, PAX, GNU and star, with long names
 * and sparse files. Throws AuditError TAR_INVALID, or from `end` TAR_TRUNCATED.
 */
export class TarReader {
  readonly #visit: EntryVisitor;
  readonly #block = new Uint8Array(BLOCK);
  #filled = 0;
  #state: State = { kind: "header" };
  #zeroBlocks = 0;
  #pax: PaxRecords = NO_RECORDS;
  #longName: string | undefined;
  #longTarget: string | undefined;
  #isOpen = false;
  #position = 0;

  constructor(visit: EntryVisitor) {
    this.#visit = visit;
  }

  /** Bytes of the stream that were taken or passed over; while an entry is visited, where its content begins. */
  get position(): number {
    return this.#position;
  }

  /** The archive's two blocks of zeros came: nothing after them is looked at. */
  get isEnded(): boolean {
    return this.#state.kind === "ended";
  }

  /** Passes over what nobody wants of an entry, for a reader that can do without it: gives how many bytes that are. */
  skip(): number {
    const state = this.#state;
    const isUnwanted = state.kind === "padding" || (state.kind === "content" && state.sink === undefined);
    if (!isUnwanted) return 0;
    const bytes = state.left + (state.kind === "content" ? state.padding : 0);
    this.#state = { kind: "header" };
    this.#position += bytes;
    return bytes;
  }

  write(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      const state = this.#state;
      switch (state.kind) {
        case "ended":
          return;
        case "header":
        case "sparse-map":
          at += this.#fill(chunk, at);
          break;
        case "content":
        case "extension":
        case "padding": {
          const piece = chunk.subarray(at, at + state.left);
          at += piece.length;
          this.#position += piece.length;
          this.#take(state, piece);
          break;
        }
      }
    }
  }

  /** A stream may end without its two blocks of zeros, but never within an entry. */
  end(): void {
    const isBetween = this.#state.kind === "ended" || (this.#state.kind === "header" && this.#filled === 0);
    if (!isBetween || this.#isOpen)
      throw new AuditError("TAR_TRUNCATED", "the archive ends in the middle of an entry");
  }

  /** Gives how many bytes of the chunk went into the block. */
  #fill(chunk: Uint8Array, at: number): number {
    const piece = chunk.subarray(at, at + BLOCK - this.#filled);
    this.#block.set(piece, this.#filled);
    this.#filled += piece.length;
    this.#position += piece.length;
    if (this.#filled < BLOCK) return piece.length;
    this.#filled = 0;
    if (this.#state.kind === "sparse-map") this.#sparseMap(this.#state.header);
    else this.#header();
    return piece.length;
  }

  #header(): void {
    if (this.#block.every((byte) => byte === 0)) {
      this.#zeroBlocks++;
      if (this.#zeroBlocks === 2) this.#state = { kind: "ended" };
      return;
    }
    if (this.#zeroBlocks > 0) throw invalid("an entry follows a block of zeros");
    const header = parseHeader(this.#block);
    if (header.flag === "x" || header.flag === "L" || header.flag === "K" || header.flag === "g") {
      this.#extension(numberAt(this.#block, 124, 12, "size"), header.flag);
      return;
    }
    if (header.flag !== "S") {
      this.#entry(header);
      return;
    }
    const real = { ...header, size: numberAt(this.#block, 483, 12, "size") };
    if (this.#block[482] === 0) this.#entry(real);
    else this.#state = { kind: "sparse-map", header: real };
  }

  #sparseMap(header: TarHeader): void {
    if (this.#block[504] === 0) this.#entry(header);
  }

  #extension(size: number, flag: string): void {
    if (size > MAX_EXTENSION)
      throw invalid(`an extension record has ${size} bytes; at most ${MAX_EXTENSION} are read`);
    this.#isOpen ||= flag !== "g";
    this.#state = { kind: "extension", left: size, padding: paddingOf(size), flag, parts: [] };
    if (size === 0) this.#endExtension(flag, []);
  }

  #endExtension(flag: string, parts: readonly Uint8Array[]): void {
    const bytes = joined(parts);
    if (flag === "x") this.#pax = parsePax(bytes);
    else if (flag === "L") this.#longName = nameText(untilZero(bytes));
    else if (flag === "K") this.#longTarget = nameText(untilZero(bytes));
    // Global records (g) are ignored, as engines do.
    this.#pad(paddingOf(bytes.length));
  }

  #entry(header: TarHeader): void {
    const pax = this.#pax;
    const { flag: _flag, content: ownStored, ...own } = header;
    const paxSize = paxNumber(pax, "size");
    const hasContent = own.type === "file" || own.type === "unknown";
    const stored = hasContent ? (paxSize ?? ownStored) : 0;
    const paxSparse = [...pax.keys()].some((key) => key.startsWith("GNU.sparse."));
    const realSize = paxNumber(pax, "GNU.sparse.realsize") ?? paxNumber(pax, "GNU.sparse.size");
    const size = own.type !== "file" ? 0 : own.sparse ? own.size : (realSize ?? paxSize ?? own.size);
    const sparse = own.sparse || paxSparse;
    const entry: TarEntry = {
      ...own,
      path: pax.get("GNU.sparse.name") ?? pax.get("path") ?? this.#longName ?? own.path,
      target: pax.get("linkpath") ?? this.#longTarget ?? own.target,
      uid: paxNumber(pax, "uid") ?? own.uid,
      gid: paxNumber(pax, "gid") ?? own.gid,
      size,
      sparse,
      ...(sparse ? { stored } : {}),
      capabilities: pax.has("SCHILY.xattr.security.capability"),
    };
    this.#pax = NO_RECORDS;
    this.#longName = undefined;
    this.#longTarget = undefined;
    this.#isOpen = false;
    const sink = this.#visit(entry);
    // Of a sparse file the stream has the parts alone: whoever reads it would take them for the whole.
    const wanted = entry.sparse ? undefined : sink;
    if (stored > 0) this.#state = { kind: "content", left: stored, padding: paddingOf(stored), sink: wanted };
    else {
      wanted?.end();
      this.#state = { kind: "header" };
    }
  }

  #take(state: Extract<State, { left: number }>, piece: Uint8Array): void {
    state.left -= piece.length;
    if (state.kind === "content") state.sink?.data(piece);
    if (state.kind === "extension") state.parts.push(piece.slice());
    if (state.left > 0) return;
    if (state.kind === "extension") this.#endExtension(state.flag, state.parts);
    else if (state.kind === "content") {
      state.sink?.end();
      this.#pad(state.padding);
    } else this.#state = { kind: "header" };
  }

  #pad(bytes: number): void {
    this.#state = bytes === 0 ? { kind: "header" } : { kind: "padding", left: bytes };
  }
}

/** Content is filled up to whole blocks. */
function paddingOf(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

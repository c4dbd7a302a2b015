import type { GpuFacts } from "./elf-facts.ts";

const MAGIC = Buffer.from([0x50, 0xed, 0x55, 0xba]);
const HEADER = 16;
/** Of an entry's header, as far as it is read. */
const ENTRY = 32;
const [PTX, CUBIN] = [1, 2];
/** Longer than any header, so that what is left of one ends within it. */
const SEAM = 4 * ENTRY;
const MAX_ARCHITECTURES = 100;

type State =
  | { readonly at: "outside" }
  | { readonly at: "header" }
  /** `left`: bytes of the fat binary that are still to come. */
  | { readonly at: "entry"; readonly left: number };

/**
 * Finds CUDA's fat binaries while a file passes by: a header (magic, version 1, its own length 16, the length of all
 * entries), then entries, each with its kind, the length of its header and of its code, and the architecture. Nothing is
 * unpacked: what is compressed counts as it is stored. The form is not published by its vendor; in two
 * libraries of CUDA 12.1 headers and entries are all of `.nv_fatbin` and `__nv_relfatbin`, to the byte.
 */
export class FatBinaryScan {
  readonly #bytes = new Map<string, number>();
  #state: State = { at: "outside" };
  #skip = 0;
  /** Of the entry that is passed over, where it was counted. */
  #last: string | undefined;
  #rest: Uint8Array = new Uint8Array(0);

  add(piece: Uint8Array): void {
    let at = 0;
    if (this.#skip > 0) {
      at = Math.min(this.#skip, piece.length);
      this.#skip -= at;
      if (this.#skip > 0) return;
    }
    if (this.#rest.length > 0) {
      at = this.#overSeam(piece);
      if (at >= piece.length) return;
    }
    this.#walk(Buffer.from(piece.buffer, piece.byteOffset + at, piece.length - at));
  }

  /** Goes on with the start of a piece behind what is left of the one before; gives where in it to go on from. */
  #overSeam(piece: Uint8Array): number {
    const lead = piece.subarray(0, SEAM);
    const bytes = Buffer.concat([this.#rest, lead]);
    this.#rest = new Uint8Array(0);
    this.#walk(bytes);
    // All of the piece was looked at, and what is left of it waits for the next one.
    if (lead.length === piece.length) return piece.length;
    const kept = this.#rest.length;
    this.#rest = new Uint8Array(0);
    const skipped = Math.min(this.#skip, piece.length - lead.length);
    this.#skip -= skipped;
    return lead.length - kept + skipped;
  }

  /** Undefined where there were none. */
  facts(): GpuFacts | undefined {
    if (this.#bytes.size === 0) return undefined;
    // The file may end before the last entry that it announced does.
    const code = [...this.#bytes].map(([architecture, bytes]) => ({
      architecture,
      bytes: architecture === this.#last ? bytes - this.#skip : bytes,
    }));
    return { code: code.sort((a, b) => (a.architecture < b.architecture ? -1 : 1)) };
  }

  #walk(bytes: Buffer): void {
    let at = 0;
    for (;;) {
      const { at: place } = this.#state;
      if (place === "outside") {
        const found = bytes.indexOf(MAGIC, at);
        if (found < 0) return this.#keep(bytes, Math.max(at, bytes.length - (MAGIC.length - 1)));
        at = found;
        this.#state = { at: "header" };
      }
      const length = this.#state.at === "entry" ? ENTRY : HEADER;
      if (bytes.length - at < length) return this.#keep(bytes, at);
      at = this.#state.at === "entry" ? this.#entry(bytes, at, this.#state.left) : this.#header(bytes, at);
      if (at > bytes.length) {
        this.#skip = at - bytes.length;
        return;
      }
    }
  }

  #keep(bytes: Buffer, from: number): void {
    this.#rest = Uint8Array.from(bytes.subarray(from));
  }

  /** Where to go on: behind the header, or behind the magic of something else. */
  #header(bytes: Buffer, at: number): number {
    const [version, size] = [bytes.readUInt16LE(at + 4), bytes.readUInt16LE(at + 6)];
    const entries = bytes.readBigUInt64LE(at + 8);
    const isOne = version === 1 && size === HEADER && entries < 1n << 40n;
    this.#state =
      isOne && entries >= BigInt(ENTRY) ? { at: "entry", left: Number(entries) } : { at: "outside" };
    return isOne ? at + HEADER : at + MAGIC.length;
  }

  /** Where the next entry begins, or what comes after the fat binary. */
  #entry(bytes: Buffer, at: number, left: number): number {
    const kind = bytes.readUInt16LE(at);
    const header = bytes.readUInt32LE(at + 4);
    const size = Number(bytes.readBigUInt64LE(at + 8));
    const architecture = bytes.readUInt32LE(at + 28);
    const whole = header + size;
    if ((kind !== PTX && kind !== CUBIN) || header < ENTRY || whole > left || architecture > 9999) {
      this.#state = { at: "outside" };
      return at;
    }
    this.#count(`${kind === PTX ? "compute" : "sm"}_${architecture}`, whole);
    this.#state = left - whole >= ENTRY ? { at: "entry", left: left - whole } : { at: "outside" };
    return at + whole;
  }

  #count(architecture: string, bytes: number): void {
    const before = this.#bytes.get(architecture);
    const isKept = before !== undefined || this.#bytes.size < MAX_ARCHITECTURES;
    this.#last = isKept ? architecture : undefined;
    if (!isKept) return;
    this.#bytes.set(architecture, (before ?? 0) + bytes);
  }
}

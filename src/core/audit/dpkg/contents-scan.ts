/** A file of an archive that has the name, and the packages that bring it. */
export interface Supplier {
  /** Plain, as the index writes it. */
  readonly path: string;
  /** Names without their sections, as the index orders them. */
  readonly packages: readonly string[];
  /** It lies where a loader looks by itself; another place needs a configuration or an RPATH. */
  readonly onDefaultPath: boolean;
}

export interface ContentsAnswer {
  /** By the name as it was asked for; a name that nothing supplies has an empty list. The default path first, then by path. */
  readonly suppliers: ReadonlyMap<string, readonly Supplier[]>;
  readonly lines: number;
  /** Lines that are none of an index. */
  readonly skipped: number;
  /** Names with more suppliers than are told; what lies on a default path is told first. */
  readonly cut: readonly string[];
}

/** The longest real line has some hundred bytes. */
const MAX_LINE = 64 * 1024;
const MAX_TOLD = 200;
const LINE_FEED = 10;
const SLASH = 47;

const DEFAULT_FOLDER = /^(?:usr\/)?lib(?:64)?(?:\/[a-z0-9_]+-linux-[a-z0-9]+)?\/[^/]+$/;
const MERGED = /^usr\/(?=(?:lib[^/]*|bin|sbin)\/)/;

interface Wanted {
  readonly name: string;
  /** Of a name with slashes: the path to be the same, `/usr` taken for merged. */
  readonly path: string | undefined;
  readonly base: string;
  /** On default paths, and elsewhere: each as many as may be told, so that neither drives out the other. */
  readonly near: Supplier[];
  readonly far: Supplier[];
  cut: boolean;
}

/**
 * Looks for names in an archive's index of files (`Contents-ARCH`, unpacked: a path and its packages a line; some hundred
 * megabytes), which is pushed in piece by piece. Names without a slash are of files in any folder, others are paths. One
 * pass for all names, in memory that does not grow with the index. Throws nothing.
 */
export class ContentsScan {
  readonly #wanted = new Map<string, Wanted>();
  readonly #byBase = new Map<string, Wanted[]>();
  /** A line is only taken apart where the hash of its file's name is one of these. */
  readonly #hashes = new Set<number>();
  /** The end of the last piece. */
  #rest: Uint8Array = new Uint8Array(0);
  #dropping = false;
  #lines = 0;
  #skipped = 0;

  constructor(names: Iterable<string>) {
    const encoder = new TextEncoder();
    for (const name of names) {
      if (this.#wanted.has(name)) continue;
      const plain = name.replace(/^\/+/, "");
      const base = plain.slice(plain.lastIndexOf("/") + 1);
      const path = name.includes("/") ? plain.replace(MERGED, "") : undefined;
      const wanted: Wanted = { name, path, base, near: [], far: [], cut: false };
      this.#wanted.set(name, wanted);
      if (base === "") continue;
      const list = this.#byBase.get(base);
      if (list === undefined) this.#byBase.set(base, [wanted]);
      else list.push(wanted);
      const bytes = encoder.encode(base);
      this.#hashes.add(hashOf(bytes, 0, bytes.length));
    }
  }

  /** The bytes are only read during the call. */
  write(piece: Uint8Array): void {
    let start = 0;
    if (this.#rest.length > 0 || this.#dropping) {
      const end = piece.indexOf(LINE_FEED);
      if (end < 0) {
        this.#hold(piece);
        return;
      }
      this.#hold(piece.subarray(0, end));
      this.#endHeld();
      start = end + 1;
    }
    for (let end = piece.indexOf(LINE_FEED, start); end >= 0; end = piece.indexOf(LINE_FEED, start)) {
      this.#line(piece, start, end);
      start = end + 1;
    }
    this.#hold(piece.subarray(start));
  }

  end(): ContentsAnswer {
    if (this.#rest.length > 0 || this.#dropping) this.#endHeld();
    const wanted = [...this.#wanted.values()];
    return {
      suppliers: new Map(wanted.map(({ name, near, far }) => [name, toldOf(near, far)])),
      lines: this.#lines,
      skipped: this.#skipped,
      cut: wanted
        .filter(({ near, far, cut }) => cut || near.length + far.length > MAX_TOLD)
        .map(({ name }) => name),
    };
  }

  #hold(bytes: Uint8Array): void {
    if (this.#dropping || bytes.length === 0) return;
    if (this.#rest.length + bytes.length > MAX_LINE) {
      this.#dropping = true;
      this.#rest = new Uint8Array(0);
      return;
    }
    const joined = new Uint8Array(this.#rest.length + bytes.length);
    joined.set(this.#rest);
    joined.set(bytes, this.#rest.length);
    this.#rest = joined;
  }

  #endHeld(): void {
    if (this.#dropping) {
      this.#lines++;
      this.#skipped++;
    } else this.#line(this.#rest, 0, this.#rest.length);
    this.#dropping = false;
    this.#rest = new Uint8Array(0);
  }

  /** From its end: the packages hold no white space, the path may. */
  #line(bytes: Uint8Array, start: number, end: number): void {
    if (end === start) return;
    this.#lines++;
    let packages = end;
    while (packages > start && !isBlank(bytes[packages - 1])) packages--;
    let pathEnd = packages;
    while (pathEnd > start && isBlank(bytes[pathEnd - 1])) pathEnd--;
    if (pathEnd === start || packages === end || end - start > MAX_LINE) {
      this.#skipped++;
      return;
    }
    let base = pathEnd;
    while (base > start && bytes[base - 1] !== SLASH) base--;
    if (!this.#hashes.has(hashOf(bytes, base, pathEnd))) return;
    this.#match(decode(bytes.subarray(start, pathEnd)), decode(bytes.subarray(packages, end)));
  }

  #match(written: string, packages: string): void {
    const path = written.replace(/^(?:\.?\/)+/, "");
    for (const each of this.#byBase.get(path.slice(path.lastIndexOf("/") + 1)) ?? []) {
      if (each.path !== undefined && each.path !== path.replace(MERGED, "")) continue;
      const onDefaultPath = DEFAULT_FOLDER.test(path);
      const found = onDefaultPath ? each.near : each.far;
      if (found.length >= MAX_TOLD) each.cut = true;
      else
        found.push({
          path,
          packages: packages.split(",").map((name) => name.slice(name.lastIndexOf("/") + 1)),
          onDefaultPath,
        });
    }
  }
}

function toldOf(near: readonly Supplier[], far: readonly Supplier[]): readonly Supplier[] {
  return [...near.toSorted(byPath), ...far.toSorted(byPath)].slice(0, MAX_TOLD);
}

function byPath(a: Supplier, b: Supplier): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

const UTF8 = new TextDecoder();

function decode(bytes: Uint8Array): string {
  return UTF8.decode(bytes);
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09;
}

/** FNV-1a. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  return hash;
}

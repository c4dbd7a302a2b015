/** What goes into an archive: a file, or a folder where it has no content. */
export interface TarFile {
  /** Plain, at most 100 bytes. */
  readonly path: string;
  readonly content?: string | Uint8Array;
  /** 0644 of files and 0755 of folders, unless told. */
  readonly mode?: number;
}

const BLOCK = 512;
const ENCODER = new TextEncoder();

/** A tar archive in the form of POSIX ustar: everything belongs to root and is from 1970, so equal files give equal bytes. */
export function writeTar(files: readonly TarFile[]): Uint8Array {
  const parts = files.flatMap(({ path, content, mode }) => {
    if (content === undefined) return [header({ path: `${path}/`, size: 0, flag: "5", mode: mode ?? 0o755 })];
    const bytes = typeof content === "string" ? ENCODER.encode(content) : content;
    return [header({ path, size: bytes.length, flag: "0", mode: mode ?? 0o644 }), padded(bytes)];
  });
  return concat([...parts, new Uint8Array(2 * BLOCK)]);
}

interface Entry {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly flag: "0" | "5";
  readonly mode: number;
}

function header({ path, size, flag, mode }: Entry): Uint8Array {
  const block = new Uint8Array(BLOCK);
  const name = ENCODER.encode(path);
  if (name.length > 100) throw new RangeError(`expected a path of at most 100 bytes, found ${path}`);
  const put = (offset: number, text: string): void => block.set(ENCODER.encode(text), offset);
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, "0");
  block.set(name, 0);
  put(100, octal(mode, 7));
  put(108, octal(0, 7));
  put(116, octal(0, 7));
  put(124, octal(size, 11));
  put(136, octal(0, 11));
  // The checksum is made with blanks in its own place.
  put(148, " ".repeat(8));
  put(156, flag);
  put(257, "ustar\u000000");
  put(
    148,
    `${octal(
      block.reduce((sum, byte) => sum + byte, 0),
      6,
    )}\u0000 `,
  );
  return block;
}

function padded(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(Math.ceil(bytes.length / BLOCK) * BLOCK);
  whole.set(bytes);
  return whole;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

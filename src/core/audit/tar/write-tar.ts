import { BLOCK } from "./header.ts";

/** A file, folder or symlink to put into an archive. */
export interface TarFile {
  /** Plain, from the root. */
  readonly path: string;
  readonly type?: "file" | "directory" | "symlink";
  readonly content?: string | Uint8Array;
  /** Permission bits; as is usual for its type unless told. */
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** Of a symlink. */
  readonly target?: string;
}

const TEXT = new TextEncoder();
const FLAGS = { file: "0", symlink: "2", directory: "5" } as const;
const MODES = { file: 0o644, symlink: 0o777, directory: 0o755 } as const;
const LONGEST_NAME = 100;

/**
 * A tar archive (POSIX ustar) of small files, with times of zero: equal files, equal bytes. Throws RangeError for names and
 * link texts of more than 100 bytes, which would need extensions.
 */
export function writeTar(files: readonly TarFile[]): Uint8Array {
  const parts = files.flatMap((file) => {
    const { content = "" } = file;
    const bytes = typeof content === "string" ? TEXT.encode(content) : content;
    return [headerOf(file, bytes.length), bytes, new Uint8Array((BLOCK - (bytes.length % BLOCK)) % BLOCK)];
  });
  // Two blocks of zeros end it.
  return joined([...parts, new Uint8Array(2 * BLOCK)]);
}

function headerOf({ path, type = "file", mode, uid = 0, gid = 0, target = "" }: TarFile, size: number) {
  const block = new Uint8Array(BLOCK);
  putText(block, 0, path);
  putOctal(block, 100, 8, mode ?? MODES[type]);
  putOctal(block, 108, 8, uid);
  putOctal(block, 116, 8, gid);
  putOctal(block, 124, 12, size);
  putOctal(block, 136, 12, 0);
  putText(block, 156, FLAGS[type]);
  putText(block, 157, target);
  putText(block, 257, "ustar\x0000");
  // Summed with its own field as spaces.
  block.fill(0x20, 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  putOctal(block, 148, 8, sum);
  return block;
}

function putText(block: Uint8Array, at: number, text: string): void {
  const bytes = TEXT.encode(text);
  if (bytes.length > LONGEST_NAME)
    throw new RangeError(`a name of ${bytes.length} bytes fits into no header`);
  block.set(bytes, at);
}

function putOctal(block: Uint8Array, at: number, length: number, value: number): void {
  const digits = value.toString(8).padStart(length - 1, "0");
  if (digits.length >= length) throw new RangeError(`${value} fits into no header`);
  putText(block, at, `${digits}\0`);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

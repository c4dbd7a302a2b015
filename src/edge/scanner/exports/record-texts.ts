import { type FileHandle, open, stat } from "node:fs/promises";
import { type RecordText, shown } from "../../../core/advisory/osv/record-text.ts";
import { ExportError, exportFailure } from "./error.ts";
import { folderTexts } from "./folder-texts.ts";
import { type ExportLimits, LIMITS } from "./limits.ts";
import { lineTexts } from "./line-texts.ts";
import { zipTexts } from "./zip-texts.ts";

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  readonly limits?: ExportLimits;
}

/** An export that is being read. */
export interface OpenExport {
  readonly path: string;
  readonly limits: ExportLimits;
  readonly signal: AbortSignal | undefined;
}

/**
 * The records of an export, one at a time, in the order that they lie there. By its first bytes it is a zip, gzip or text; text
 * is JSON lines, or one record where the name ends in `.json`. Throws ExportError; memory is that of one record and the
 * directory of a zip.
 */
export async function* recordTexts(path: string, options: ReadOptions = {}): AsyncGenerator<RecordText> {
  const { signal, limits = LIMITS } = options;
  let records = 0;
  try {
    for await (const text of textsOf({ path, limits, signal })) {
      signal?.throwIfAborted();
      if (++records > limits.records)
        throw new ExportError("EXPORT_LIMIT", `${path} has more than ${limits.records} records`);
      yield text;
    }
  } catch (thrown) {
    signal?.throwIfAborted();
    throw exportFailure(path, thrown);
  }
  if (records === 0)
    throw new ExportError("EXPORT_EMPTY", `${path} has no record of an advisory`, {
      hint: "an export is a folder or zip of .json files, or JSON lines, also gzipped",
    });
}

async function* textsOf(from: OpenExport): AsyncGenerator<RecordText> {
  const about = await stat(from.path);
  if (about.isDirectory()) return yield* folderTexts(from);
  // A pipe or device could go on for ever.
  if (!about.isFile()) throw new ExportError("EXPORT_FORM", `${from.path} is neither a file nor a folder`);
  const file = await open(from.path, "r");
  try {
    yield* fileTexts(from, file);
  } finally {
    await file.close();
  }
}

async function* fileTexts(from: OpenExport, file: FileHandle): AsyncGenerator<RecordText> {
  const head = Buffer.alloc(4);
  const { bytesRead } = await file.read(head, 0, head.length, 0);
  const [first, second] = head;
  // "PK", also of an empty archive.
  if (bytesRead === 4 && first === 0x50 && second === 0x4b) return yield* zipTexts(from, file);
  if (bytesRead >= 2 && first === 0x1f && second === 0x8b) return yield* lineTexts(from, "gzip");
  const isText = bytesRead === 0 || first === 0x7b || first === 0x20 || first === 0x0a || first === 0x0d;
  if (isText) return yield* lineTexts(from, from.path.endsWith(".json") ? "whole" : "lines");
  const found = shown(head.subarray(0, bytesRead).toString("latin1"));
  throw new ExportError("EXPORT_FORM", `expected a zip, gzip or JSON in ${from.path}, found "${found}"`);
}

import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { RecordText } from "../../../core/advisory/osv/record-text.ts";
import { decodeText } from "./decode-text.ts";
import { ExportError } from "./error.ts";
import type { OpenExport } from "./record-texts.ts";

/** Folders below one another; a database of advisories has three. */
const MAX_DEPTH = 16;

/** Each `.json` file below a folder is a record, in the order of their paths. */
export async function* folderTexts(from: OpenExport): AsyncGenerator<RecordText> {
  let total = 0;
  for await (const name of jsonFiles(from.path)) {
    from.signal?.throwIfAborted();
    const file = join(from.path, name);
    const bytes = await readBounded(file, from.limits.recordBytes);
    total += bytes.length;
    if (total > from.limits.unpackedBytes)
      throw new ExportError("EXPORT_LIMIT", `${from.path} has more than ${from.limits.unpackedBytes} bytes`);
    yield decodeText(bytes, { file, line: 1 });
  }
}

/** Paths from the folder. Hidden ones and links are left out: a link could lead anywhere, and in circles. */
export async function* jsonFiles(folder: string, below = "", depth = 0): AsyncGenerator<string> {
  if (depth > MAX_DEPTH)
    throw new ExportError("EXPORT_LIMIT", `${folder} has folders more than ${MAX_DEPTH} deep`);
  const entries = await readdir(join(folder, below), { withFileTypes: true });
  for (const entry of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
    const name = join(below, entry.name);
    if (entry.name.startsWith(".")) continue;
    if (entry.isDirectory()) yield* jsonFiles(folder, name, depth + 1);
    else if (entry.isFile() && entry.name.endsWith(".json")) yield name;
  }
}

/** What is there, and not what its size said: a file may grow while it is read. */
export async function readBounded(path: string, limit: number): Promise<Buffer> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const buffer = Buffer.allocUnsafe(Math.min(size, limit) + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
      length += bytesRead;
      if (bytesRead === 0) return buffer.subarray(0, length);
      if (length === buffer.length)
        throw new ExportError("EXPORT_LIMIT", `a record has more than ${limit} bytes, or it grows`, {
          at: { file: path, line: 1, column: 1 },
        });
    }
  } finally {
    await file.close();
  }
}

import { hash } from "node:crypto";
import { readRecord } from "../../../core/advisory/osv/read-record.ts";
import { parseStrictJson } from "../../../core/advisory/osv/strict-json.ts";
import { canonicalJson } from "../../../core/base/json.ts";
import { recordTexts } from "../exports/record-texts.ts";
import { PackWriter, type WrittenPack } from "./pack-writer.ts";

export interface ImportOptions {
  /** Empty. */
  readonly folder: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly signal: AbortSignal | undefined;
}

/** Reads exports into a folder as one database. One record that cannot be read ends it: nobody knows what it said. */
export async function importExports(
  paths: readonly string[],
  { folder, now, signal }: ImportOptions,
): Promise<WrittenPack> {
  const writer = new PackWriter(folder, now);
  try {
    for (const path of paths) {
      for await (const text of recordTexts(path, { signal })) {
        const json = parseStrictJson(text);
        writer.add(readRecord(json, text), hash("sha256", canonicalJson(json), "buffer"), text);
      }
    }
    return writer.finish();
  } finally {
    writer.close();
  }
}

import { closeSync, lstatSync, openSync, readdirSync, readlinkSync, readSync } from "node:fs";
import { join } from "node:path";
import type { FileNote } from "../../src/core/audit/image/file-note.ts";
import type { ContentQuestion, LayerEntry, LayerFacts } from "../../src/core/audit/image/layer-facts.ts";
import { digestOf } from "../../src/core/base/digest.ts";

const PIECE = 1024 * 1024;

/** A folder of this machine as a layer would hold it, read with a question. `leaves` names folders that are left out. */
export function folderLayer(
  root: string,
  question: ContentQuestion,
  leaves: (path: string) => boolean = () => false,
): LayerFacts {
  const entries: LayerEntry[] = [];
  const kept = new Map<string, Uint8Array>();
  const notes: FileNote[] = [];
  const open = [""];
  for (const folder of open) {
    for (const name of readdirSync(join(root, folder)).sort()) {
      const path = folder === "" ? name : `${folder}/${name}`;
      const stat = lstatSync(join(root, path));
      const about = { path, mode: stat.mode & 0o7777, uid: stat.uid, gid: stat.gid, size: stat.size };
      if (stat.isDirectory()) {
        entries.push({ ...about, type: "directory" });
        if (!leaves(path)) open.push(path);
      } else if (stat.isSymbolicLink())
        entries.push({ ...about, type: "symlink", target: readlinkSync(join(root, path)) });
      else if (stat.isFile()) {
        entries.push({ ...about, type: "file" });
        read(root, about, { question, kept, notes });
      }
    }
  }
  return { diffId: digestOf(root), bytes: 0, entries, whiteouts: [], kept, notes, skipped: [] };
}

interface Into {
  readonly question: ContentQuestion;
  readonly kept: Map<string, Uint8Array>;
  readonly notes: FileNote[];
}

function read(root: string, { path, size }: LayerEntry | { path: string; size: number }, into: Into): void {
  const wanted = into.question.reads(path, size);
  if (wanted === undefined || (wanted !== "keep" && "unread" in wanted)) return;
  const file = openSync(join(root, path), "r");
  try {
    if (wanted === "keep") {
      const content = Buffer.alloc(size);
      readSync(file, content, 0, size, 0);
      into.kept.set(path, content);
      return;
    }
    const piece = Buffer.alloc(PIECE);
    for (let at = 0; at < size; ) {
      const count = readSync(file, piece, 0, Math.min(PIECE, size - at), at);
      if (count === 0) break;
      wanted.data(piece.subarray(0, count));
      at += count;
    }
    const result = wanted.end();
    if ("again" in result) throw new Error(`${path} wants ${JSON.stringify(result.again)}`);
    into.notes.push(...result);
  } finally {
    closeSync(file);
  }
}

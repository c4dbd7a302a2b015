import { GROUP, PASSWD } from "../../audit/image/accounts.ts";
import type { FileNote } from "../../audit/image/file-note.ts";
import type { ContentQuestion } from "../../audit/image/layer-facts.ts";
import { wholeReader } from "../../audit/image/whole-reader.ts";
import { findSecrets } from "./secret-patterns.ts";

export const PROFILE = "etc/machine-profile.json";

const KEPT: ReadonlySet<string> = new Set([PASSWD, GROUP, PROFILE]);
const MAX_KEPT = 1024 * 1024;
/** Larger files are data, not configuration; `image-secrets` says so. */
export const MAX_LOOKED_AT = 256 * 1024;

const LATIN1 = new TextDecoder("latin1");

/** What image verification asks of files: the accounts and the profile whole, and whether small texts hold secrets. */
export const CONTENT_QUESTION: ContentQuestion = {
  id: "verify",
  keepLimit: 16 * 1024 * 1024,
  reads(path, size) {
    if (KEPT.has(path) && size <= MAX_KEPT) return "keep";
    return size > 0 && size <= MAX_LOOKED_AT
      ? wholeReader(size, (content) => marksIn(path, content))
      : undefined;
  },
};

function marksIn(path: string, content: Uint8Array): readonly FileNote[] {
  // Programs and archives have zeros; the forms that are looked for are texts.
  if (content.subarray(0, 1024).includes(0)) return [];
  return findSecrets(LATIN1.decode(content)).map(({ kind, line }) => ({
    kind: "mark",
    path,
    mark: kind,
    line,
  }));
}

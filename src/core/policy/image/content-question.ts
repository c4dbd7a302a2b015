import { STATUS, STATUS_FOLDER } from "../../audit/dpkg/database-files.ts";
import { GROUP, PASSWD } from "../../audit/image/accounts.ts";
import type { FileNote } from "../../audit/image/file-note.ts";
import type { ContentQuestion, ContentReader } from "../../audit/image/layer-facts.ts";
import { isDerKey, LARGEST_DER_KEY } from "./secrets/der-key.ts";
import { findSecrets } from "./secrets/find-secrets.ts";
import { RULE_SET } from "./secrets/rule-set.ts";
import { isText, textOf } from "./secrets/text-of.ts";

export const PROFILE = "etc/machine-profile.json";

const KEPT: ReadonlySet<string> = new Set([PASSWD, GROUP, PROFILE]);
const MAX_KEPT = 1024 * 1024;
/** A Debian with everything has sixty thousand packages, of a kilobyte each. */
const MAX_STATUS = 64 * 1024 * 1024;
/** Larger files are data, not configuration; `image-secrets` says how many there are. */
export const MAX_LOOKED_AT = 1024 * 1024;

/** Moves with what is kept or noted; the rules that look for secrets are named beside it. */
const VERSION = 2;
const SEQUENCE = 0x30;

/**
 * What image verification asks of files: the accounts, the profile and what dpkg has installed whole, and whether texts hold
 * secrets.
 */
export const CONTENT_QUESTION: ContentQuestion = {
  id: `verify-${VERSION}+${RULE_SET}`,
  keepLimit: 96 * 1024 * 1024,
  reads(path, size) {
    if (KEPT.has(path) && size <= MAX_KEPT) return "keep";
    if (isStatus(path))
      return size <= MAX_STATUS ? "keep" : { unread: `it is larger than ${MAX_STATUS} bytes` };
    return size > 0 && size <= MAX_LOOKED_AT ? new SecretsReader(path, size) : undefined;
  },
};

function isStatus(path: string): boolean {
  return path === STATUS || path.startsWith(`${STATUS_FOLDER}/`);
}

/** Collects a text, or what may be a key in binary form, and looks at it at its end. Other files get no memory. */
class SecretsReader implements ContentReader {
  readonly #path: string;
  readonly #size: number;
  #content: Uint8Array | undefined;
  #at = 0;
  #isNone = false;

  constructor(path: string, size: number) {
    this.#path = path;
    this.#size = size;
  }

  data(piece: Uint8Array): void {
    if (this.#at === 0) this.#isNone = !isText(piece) && !this.#mayBeKey(piece);
    if (this.#isNone) return;
    this.#content ??= new Uint8Array(this.#size);
    this.#content.set(piece, this.#at);
    this.#at += piece.length;
  }

  end(): readonly FileNote[] {
    const content = this.#content;
    if (this.#isNone || content === undefined) return [];
    const path = this.#path;
    if (isText(content))
      return findSecrets(textOf(content), path).map(({ kind, line }) => ({
        kind: "mark",
        path,
        mark: kind,
        line,
      }));
    return this.#mayBeKey(content) && isDerKey(content)
      ? [{ kind: "mark", path, mark: "private-key", line: 0 }]
      : [];
  }

  #mayBeKey(head: Uint8Array): boolean {
    return head[0] === SEQUENCE && this.#size <= LARGEST_DER_KEY;
  }
}

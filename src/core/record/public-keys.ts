import { type PublicKey, parsePublicKey } from "../base/signature.ts";
import { RecordError } from "./error.ts";

export type KeyRole = "ledger" | "witness";

/** A line of `lapstrake.ledger.pub`: whose signature counts for what. */
export interface ListedKey {
  readonly role: KeyRole;
  /** For people; the key's id is what counts. */
  readonly name: string;
  readonly key: PublicKey;
}

const HEADING =
  "# Who signs this fleet's ledgers, and who witnesses them. Commit it; review each change of it.\n";
const LINE = /^(ledger|witness) ([\w.-]{1,100}) (\S+)$/;

/** The keys of the file's text. Throws RecordError RECORD_SHAPE with the line. */
export function parsePublicKeys(text: string): readonly ListedKey[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    if (line === "" || line.startsWith("#")) return [];
    const [, role, name = "", spki = ""] = LINE.exec(line) ?? [];
    const key = parsePublicKey(spki);
    if (key === undefined || role === undefined) {
      throw new RecordError(
        "RECORD_SHAPE",
        `line ${index + 1}: expected "ledger" or "witness", a name, and an ed25519 key in base64`,
      );
    }
    return [{ role: role === "ledger" ? "ledger" : "witness", name, key }];
  });
}

/** The file's text with a key more; undefined where it has it already in this role. */
export function withPublicKey(text: string, listed: ListedKey): string | undefined {
  const known = parsePublicKeys(text).some(
    ({ role, key }) => role === listed.role && key.id === listed.key.id,
  );
  if (known) return undefined;
  const before = text === "" ? HEADING : text.endsWith("\n") ? text : `${text}\n`;
  return `${before}${listed.role} ${listed.name} ${listed.key.spki}\n`;
}

export function isKeyName(name: string): boolean {
  return /^[\w.-]{1,100}$/.test(name);
}

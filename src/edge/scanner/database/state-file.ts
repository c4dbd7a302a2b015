import { readFile } from "node:fs/promises";
import type { Digest } from "../../../core/base/digest.ts";
import { canonicalJson, type Json } from "../../../core/base/json.ts";
import { isSignedBy, type PublicKey } from "../../../core/base/signature.ts";
import { systemCode } from "../../../core/base/system-code.ts";
import { changed, databaseFailure } from "./error.ts";
import type { KeptDatabase } from "./port.ts";

/** A database and the digest of its index, which vouches for its bytes (`pack-format.ts`). */
export interface StateEntry extends KeptDatabase {
  readonly index: Digest;
}

/** The key of this machine: `SigningKey` of edge/ledger is one. */
export interface StateKey {
  known(): PublicKey | undefined;
  sign(text: string): string;
}

/** A write that is whole or not there; `writeFileAtomic` of edge/tree is one. */
type AtomicWrite = (path: string, text: string) => Promise<void>;

/** More than any list of databases has. */
const MAX_BYTES = 1024 * 1024;

/**
 * The list of kept databases: a line of canonical JSON, and a line with its signature. What the signature does not vouch for is
 * not looked at, so that whoever can write there cannot put an empty database in the place of one that tells.
 */
export class StateFile {
  readonly #path: string;
  readonly #key: StateKey;
  readonly #write: AtomicWrite;

  constructor(path: string, key: StateKey, write: AtomicWrite) {
    this.#path = path;
    this.#key = key;
    this.#write = write;
  }

  /** The newest first; none where nothing was kept yet. Throws DatabaseError DATABASE_CHANGED, DATABASE_UNREADABLE. */
  async read(): Promise<readonly StateEntry[]> {
    const text = await this.#text();
    if (text === undefined) return [];
    const [body = "", signature = "", ...rest] = text.split("\n");
    const key = this.#key.known();
    const isOurs = key !== undefined && isSignedBy(key, body, signature) && rest.join("") === "";
    if (text.length > MAX_BYTES || !isOurs) throw changed(this.#path);
    // Written by `write` alone: the signature says so.
    const state = JSON.parse(body) as { readonly version: number; readonly databases: readonly StateEntry[] };
    // Of a later program: what it kept is fetched again.
    return state.version === 1 ? state.databases : [];
  }

  async write(entries: readonly StateEntry[]): Promise<void> {
    const databases = entries.map((entry) => ({ ...entry })) as unknown as Json; // Of JSON's forms throughout.
    const body = canonicalJson({ version: 1, databases });
    await this.#write(this.#path, `${body}\n${this.#key.sign(body)}\n`);
  }

  async #text(): Promise<string | undefined> {
    try {
      return await readFile(this.#path, "utf8");
    } catch (thrown) {
      if (systemCode(thrown) === "ENOENT") return undefined;
      throw databaseFailure(this.#path, thrown, "read");
    }
  }
}

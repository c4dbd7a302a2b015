import { generateKeyPairSync, randomBytes } from "node:crypto";
import {
  closeSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { type PublicKey, publicKeyOf, signText } from "../../core/base/signature.ts";
import { LedgerError, ledgerFailure, systemCode } from "./error.ts";

/** The ed25519 key of this machine for one fleet: it signs its ledger, and what it witnesses of others. */
export interface SigningKey {
  /** Undefined where none was made yet. Throws LedgerError LEDGER_KEY, LEDGER_UNREADABLE. */
  known(): PublicKey | undefined;
  /** The key, made on first use. Throws as `known` does, and LEDGER_UNWRITABLE, LEDGER_NO_SPACE. */
  make(): PublicKey;
  /** The signature in base64. Made on first use, too. */
  sign(text: string): string;
}

/** The key in this file, which only its owner may read. */
export function openSigningKey(path: string): SigningKey {
  const pem = (): string => {
    const known = readPem(path);
    if (known !== undefined) return known;
    createPem(path);
    // Not what was just made: another process may have been first.
    return readPem(path) ?? unusable(path, "it went away while it was made");
  };
  const publicKey = (text: string): PublicKey => {
    try {
      return publicKeyOf(text);
    } catch (cause) {
      return unusable(path, "it is not an ed25519 key in PEM", cause);
    }
  };
  return {
    known() {
      const text = readPem(path);
      return text === undefined ? undefined : publicKey(text);
    },
    make: () => publicKey(pem()),
    sign: (text) => signText(pem(), text),
  };
}

function readPem(path: string): string | undefined {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (thrown) {
    if (systemCode(thrown) === "ENOENT") return undefined;
    throw ledgerFailure(path, thrown, "read");
  }
  try {
    // As ssh does: a key that others could read signs nothing any more.
    if ((fstatSync(file).mode & 0o077) !== 0)
      unusable(
        path,
        "others than its owner may read or write it",
        undefined,
        `chmod 600 ${path}, if nobody read it; else remove it`,
      );
    return readFileSync(file, "utf8");
  } catch (thrown) {
    throw ledgerFailure(path, thrown, "read");
  } finally {
    closeSync(file);
  }
}

/** Whole or not at all, and never in the place of another: a link fails where the name is taken. */
function createPem(path: string): void {
  const { privateKey } = generateKeyPairSync("ed25519");
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const temporary = `${path}.${process.pid}-${randomBytes(6).toString("hex")}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeSynced(temporary, pem);
    linkSync(temporary, path);
    const folder = openSync(dirname(path), "r");
    fsyncSync(folder);
    closeSync(folder);
  } catch (thrown) {
    if (systemCode(thrown) !== "EEXIST") throw ledgerFailure(path, thrown, "write");
  } finally {
    try {
      unlinkSync(temporary);
    } catch {
      // It was never made.
    }
  }
}

function writeSynced(path: string, text: string): void {
  const file = openSync(path, "wx", 0o600);
  try {
    const bytes = Buffer.from(text);
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function unusable(path: string, why: string, cause?: unknown, hint?: string): never {
  throw new LedgerError("LEDGER_KEY", `cannot use the key ${path}: ${why}`, {
    cause,
    hint: hint ?? "put back the key from a copy; without one, remove it: the next checkpoint makes a new key",
  });
}

/** A key that is kept nowhere. */
export function createMemoryKey(): SigningKey {
  let pem: string | undefined;
  const made = (): string =>
    (pem ??= generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString());
  return {
    known: () => (pem === undefined ? undefined : publicKeyOf(pem)),
    make: () => publicKeyOf(made()),
    sign: (text) => signText(made(), text),
  };
}

import { randomBytes } from "node:crypto";
import { linkSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { systemCode } from "../../core/base/system-code.ts";
import { writeFailure } from "./error.ts";
import type { LockOwner } from "./lock-owner.ts";
import type { LockHolder } from "./port.ts";

/** What a lock file says. The token is new for each taking, so that two takings are never mistaken for one. */
export interface LockRecord extends LockOwner, LockHolder {
  readonly token: string;
}

export function newToken(): string {
  return randomBytes(12).toString("hex");
}

/**
 * Creates the file with its whole content at once, or gives false where it exists: link(2) is atomic, also on NFS, so
 * nobody ever reads a half-written lock.
 */
export function createLockFile(path: string, record: LockRecord): boolean {
  const temporary = `${path}.${process.pid}-${newToken()}`;
  try {
    writeFileSync(temporary, JSON.stringify(record), { flag: "wx", mode: 0o644 });
    linkSync(temporary, path);
    return true;
  } catch (thrown) {
    if (systemCode(thrown) === "EEXIST") return false;
    throw writeFailure(path, thrown);
  } finally {
    removeFile(temporary);
  }
}

/** The record, undefined where there is no file. A damaged one (a disk fault: it is created whole) has an empty token. */
export function readLockFile(path: string): LockRecord | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (thrown) {
    if (systemCode(thrown) === "ENOENT") return undefined;
    throw writeFailure(path, thrown);
  }
  return parseLockRecord(text);
}

const DAMAGED: LockRecord = {
  pid: 0,
  host: "unknown",
  boot: "",
  namespace: "",
  started: "",
  command: "unknown (the lock file is damaged)",
  since: "unknown",
  token: "",
};

function parseLockRecord(text: string): LockRecord {
  try {
    const members = new Map<string, unknown>(Object.entries(Object(JSON.parse(text))));
    const word = (name: string): string => {
      const value = members.get(name);
      if (typeof value !== "string") throw new TypeError(name);
      return value;
    };
    const pid = members.get("pid");
    if (typeof pid !== "number" || !Number.isSafeInteger(pid) || pid < 1) throw new TypeError("pid");
    if (!/^[0-9a-f]{24}$/.test(word("token"))) throw new TypeError("token");
    return {
      pid,
      host: word("host"),
      boot: word("boot"),
      namespace: word("namespace"),
      started: word("started"),
      command: word("command"),
      since: word("since"),
      token: word("token"),
    };
  } catch {
    return DAMAGED;
  }
}

export function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Gone already.
  }
}

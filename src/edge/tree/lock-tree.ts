import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LapstrakeError } from "../../core/base/error.ts";
import { createLockFile, type LockRecord, newToken, readLockFile, removeFile } from "./lock-file.ts";
import { currentOwner, mayLive } from "./lock-owner.ts";
import { makeFolder } from "./make-folder.ts";
import type { LockOptions, TreeLock } from "./port.ts";

const POLL_MS = 200;

/** Another run works in the same tree. */
export class LockError extends LapstrakeError<"LOCK_HELD"> {
  readonly exit = 3;
}

/**
 * Takes the lock of a state folder (made where it is missing). A holder that was killed is noticed by its process id and
 * start time, and its lock is broken. Throws LockError, TreeError NO_SPACE or STATE_UNWRITABLE, the abort reason.
 */
export async function lockTree(stateFolder: string, options: LockOptions): Promise<TreeLock> {
  const path = join(stateFolder, "lock");
  makeFolder(stateFolder);
  const record: LockRecord = {
    ...currentOwner(),
    command: options.command,
    since: new Date().toISOString(),
    token: newToken(),
  };
  const until = performance.now() + (options.wait ?? 0);
  let told = false;
  for (;;) {
    options.signal?.throwIfAborted();
    if (createLockFile(path, record)) return held(path, record);
    const holder = readLockFile(path);
    if (holder === undefined || breakStale(path, holder, record)) continue;
    if (performance.now() >= until) throw lockHeld(path, holder);
    if (!told) options.onWait?.(holder);
    told = true;
    await sleep(
      options.poll ?? POLL_MS,
      undefined,
      options.signal === undefined ? {} : { signal: options.signal },
    );
  }
}

function held(path: string, record: LockRecord): TreeLock {
  return {
    holder: record,
    // Only ours: a person may have removed the file, and another run may have taken it since.
    release() {
      if (readLockFile(path)?.token === record.token) removeFile(path);
      return Promise.resolve();
    },
  };
}

/**
 * Removes the lock of a holder that is gone. True: try again to take it.
 *
 * Reading "stale" and then removing is a race: between the two, others may break and take the lock, and a fresh lock
 * would be removed. So the right to remove belongs to whoever creates `lock.break-TOKEN.N`, where TOKEN is the stale
 * taking; N + 1 may be created only when the creator of N is gone too. Having the right, it looks once more: while it
 * lives, nobody else can remove that taking, so if the token is still there, the removal hits that one and no other.
 */
function breakStale(path: string, stale: LockRecord, me: LockRecord): boolean {
  // A damaged file names nobody whose death could be proven; a person must look.
  if (stale.token === "" || mayLive(stale)) return false;
  for (let turn = 1; ; turn++) {
    const right = `${path}.break-${stale.token}.${turn}`;
    if (createLockFile(right, { ...me, token: newToken() })) {
      if (readLockFile(path)?.token === stale.token) removeFile(path);
      for (let done = 1; done <= turn; done++) removeFile(`${path}.break-${stale.token}.${done}`);
      return true;
    }
    const breaker = readLockFile(right);
    // Gone, so the work is done; or alive and about to do it.
    if (breaker === undefined) return true;
    if (mayLive(breaker)) return false;
  }
}

function lockHeld(path: string, holder: LockRecord): LockError {
  const who = `process ${holder.pid} on ${holder.host}: ${holder.command}, since ${holder.since}`;
  return new LockError("LOCK_HELD", `another run works in this tree (${who})`, {
    details: { holder, path },
    hint: `wait for it with --wait SECONDS, or stop it; if you are sure that it is gone, remove ${path}`,
  });
}

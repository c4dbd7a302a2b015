import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** Enough to tell later whether the same process still lives. Empty where this system does not say (no /proc). */
export interface LockOwner {
  readonly pid: number;
  readonly host: string;
  /** Changes with each start of the machine. */
  readonly boot: string;
  /** Process ids mean something only within one pid namespace: containers share folders, not these. */
  readonly namespace: string;
  /** In clock ticks since boot: a later process with the same id has another. */
  readonly started: string;
}

/** This process as a lock owner. */
export function currentOwner(): LockOwner {
  return {
    pid: process.pid,
    host: hostname(),
    boot: orEmpty(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()),
    namespace: orEmpty(() => readlinkSync("/proc/self/ns/pid")),
    started: startTimeOf(process.pid),
  };
}

/** False only where the owner is surely gone; what cannot be known (another machine) counts as living. */
export function mayLive(owner: LockOwner): boolean {
  const me = currentOwner();
  if (owner.host !== me.host) return true;
  // The machine was started anew since.
  if (owner.boot !== me.boot) return false;
  if (owner.namespace !== me.namespace) return true;
  if (!exists(owner.pid)) return false;
  return owner.started === "" || startTimeOf(owner.pid) === owner.started;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    // EPERM: it lives and belongs to somebody else.
    return thrown instanceof Error && "code" in thrown && thrown.code === "EPERM";
  }
}

/** Field 22 of /proc/PID/stat; empty for a process that is gone or a zombie, which holds nothing any more. */
function startTimeOf(pid: number): string {
  const stat = orEmpty(() => readFileSync(`/proc/${pid}/stat`, "latin1"));
  // The second field is the program's name in brackets and may itself have spaces and brackets.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" || fields[0] === "X" ? "" : (fields[19] ?? "");
}

function orEmpty(read: () => string): string {
  try {
    return read();
  } catch {
    return "";
  }
}

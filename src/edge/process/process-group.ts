/** The groups that this process started and that may still live. */
const living = new Set<number>();
let hooked = false;

/** Remembers a group leader, so that no program outlives Lapstrake where that ends by itself (not by SIGKILL). */
export function rememberGroup(leader: number): void {
  living.add(leader);
  if (hooked) return;
  hooked = true;
  process.on("exit", () => {
    for (const pid of living) signalGroup(pid, "SIGTERM");
  });
}

export function forgetGroup(leader: number): void {
  living.delete(leader);
}

/** Signals every process of the group. A group that is gone is no error. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch {
    // ESRCH: all of it has ended. EPERM: it changed its user (sudo); nothing that we could do.
  }
}

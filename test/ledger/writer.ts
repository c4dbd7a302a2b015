import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compileProgram } from "../kit/compile-program.ts";
import { buildBody } from "../record/sample.ts";

/**
 * Counts the steps by which a program changes files, once `globalThis.stepping` is set, and does to it what the
 * environment says: STOP_AT=N kills it before step N, with STOP_CUT=B after B bytes of it where it is a write; SLOW_MS=N
 * makes it wait before each write. STEPS=1 says the steps on stderr.
 */
const HOOK = `
const fs = require("node:fs");
const { STOP_AT, STOP_CUT, SLOW_MS, STEPS } = process.env;
let count = 0;
const die = () => process.kill(process.pid, "SIGKILL");
const step = (name, args) => {
  if (!globalThis.stepping) return;
  if (SLOW_MS && name === "writeSync") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(SLOW_MS));
  count++;
  if (STEPS) process.stderr.write(name + (name === "writeSync" ? ":" + (args[1].length - (args[2] ?? 0)) : "") + "\\n");
  if (count !== Number(STOP_AT)) return;
  if (STOP_CUT && name === "writeSync") original.writeSync(args[0], args[1], args[2] ?? 0, Number(STOP_CUT));
  die();
};
const original = { writeSync: fs.writeSync };
for (const name of ["openSync", "writeSync", "fsyncSync", "ftruncateSync", "closeSync", "mkdirSync", "linkSync",
  "unlinkSync", "renameSync", "writeFileSync", "fdatasync"]) {
  const real = fs[name];
  fs[name] = (...args) => { step(name, args); return real(...args); };
}
require("node:module").syncBuiltinESMExports();
`;

export interface Writer {
  /** For `node`: a program that appends to a ledger and prints `SEQ HASH` of each entry that it was told to stand. */
  argv(job: WriterJob): readonly string[];
}

export interface WriterJob {
  readonly file: string;
  /** Sizes of the groups that are appended at once, one group after the other. */
  readonly groups: readonly number[];
  /** Without it nothing keeps two writers apart. */
  readonly isLocked?: boolean;
}

/** Compiles the ledger and the lock of edge/tree into an empty folder; takes about a second. */
export function compileWriter(folder: string): Writer {
  for (const name of ["ledger", "lock"]) mkdirSync(join(folder, name));
  const ledger = compileProgram("src/edge/ledger/open-ledger.ts", join(folder, "ledger"));
  const lock = compileProgram("src/edge/tree/lock-tree.ts", join(folder, "lock"));
  const hook = join(folder, "hook.cjs");
  writeFileSync(hook, HOOK);
  return {
    argv({ file, groups, isLocked = true }) {
      const source = `
        const { openLedger } = await import(${JSON.stringify(ledger)});
        const { lockTree } = await import(${JSON.stringify(lock)});
        const file = ${JSON.stringify(file)};
        const locked = async (work) => {
          const lock = await lockTree(file + ".lock", { command: "test", wait: 20_000, poll: 2 });
          try { return await work(); } finally { await lock.release(); }
        };
        const ledger = openLedger(file, { clock: () => 1_780_000_000_000, exclusive: ${isLocked ? "locked" : "(work) => work()"} });
        const body = ${JSON.stringify(buildBody())};
        globalThis.stepping = true;
        for (const size of ${JSON.stringify(groups)}) {
          await Promise.all(Array.from({ length: size }, async () => {
            const { seq, hash } = await ledger.append("build", body);
            process.stdout.write(seq + " " + hash + "\\n");
          }));
        }`;
      return ["--require", hook, "--input-type=module", "-e", source];
    },
  };
}

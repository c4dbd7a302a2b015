import type { ExitCode } from "../../core/base/error.ts";
import type { World } from "../../flow/world.ts";
import type { CommandSpec, FlagValues, Io } from "./command.ts";
import { flagOn } from "./command.ts";
import { commandHelp, overview } from "./help.ts";
import { parseCall } from "./parse-call.ts";
import { reportError } from "./report-error.ts";

export interface CliSetup {
  readonly table: readonly CommandSpec[];
  readonly io: Io;
  readonly version: string;
  /** Connects the outside for this call; only called for a command that runs. */
  connect(flags: FlagValues): Promise<{ readonly world: World; close(): void }>;
}

/** Runs one command line to its exit code. Never throws: what is not a known error is a bug and exits 70. */
export async function runCli(argv: readonly string[], setup: CliSetup): Promise<ExitCode> {
  const { io, table } = setup;
  if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
    io.out(`lapstrake ${setup.version}\n`);
    return 0;
  }
  const asksForAll = argv.every((word) => word.startsWith("-")) && argv.some(isHelpFlag);
  if (argv.length === 0 || asksForAll || (argv.length === 1 && argv[0] === "help")) {
    io.out(overview(table));
    return 0;
  }
  let debug = argv.includes("--debug");
  try {
    const call = parseCall(argv[0] === "help" ? [...argv.slice(1), "--help"] : argv, table);
    debug = flagOn(call.flags, "debug");
    if (flagOn(call.flags, "help")) {
      io.out(commandHelp(call.spec));
      return 0;
    }
    const module = await call.spec.load();
    const { world, close } = await setup.connect(call.flags);
    try {
      return await module.run({ operands: call.operands, flags: call.flags, io, world, endProgress: close });
    } finally {
      close();
    }
  } catch (error) {
    return reportError(error, { io, debug, json: argv.includes("--json"), version: setup.version });
  }
}

function isHelpFlag(word: string): boolean {
  return word === "--help" || word === "-h";
}

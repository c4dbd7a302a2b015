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
  const isJson = argv.includes("--json");
  if (argv.length === 0 || asksForAll(argv)) {
    io.out(isJson ? (await import("./help-json.ts")).overviewJson(table) : overview(table));
    return 0;
  }
  let debug = argv.includes("--debug");
  try {
    const call = parseCall(helpSpelledOut(argv), table);
    debug = flagOn(call.flags, "debug");
    if (flagOn(call.flags, "help")) {
      io.out(isJson ? (await import("./help-json.ts")).commandJson(call.spec) : commandHelp(call.spec));
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
    return reportError(error, { io, debug, json: isJson, version: setup.version });
  }
}

/** `help COMMAND` as `COMMAND --help`. */
function helpSpelledOut(argv: readonly string[]): readonly string[] {
  const at = argv.findIndex((word) => !word.startsWith("-"));
  return argv[at] === "help" ? [...argv.toSpliced(at, 1), "--help"] : argv;
}

/** `--help` or `help`, and options beside it; no command. */
function asksForAll(argv: readonly string[]): boolean {
  const words = argv.filter((word) => !word.startsWith("-"));
  return words.length === 0 ? argv.some(isHelpFlag) : words.length === 1 && words[0] === "help";
}

function isHelpFlag(word: string): boolean {
  return word === "--help" || word === "-h";
}

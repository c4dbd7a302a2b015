import type { ExitCode } from "../../src/core/base/error.ts";
import type { World } from "../../src/flow/world.ts";
import { progressFor } from "../../src/views/cli/progress-for.ts";
import { runCli } from "../../src/views/cli/run-cli.ts";
import { COMMANDS } from "../../src/views/cli/table.ts";
import type { TestMachine } from "../kit/world.ts";

export interface Answer {
  readonly exit: ExitCode;
  readonly out: string;
  readonly err: string;
}

export interface CallOptions {
  readonly terminal?: boolean;
  /** Of the terminal. */
  readonly columns?: number;
  readonly colour?: boolean;
  /** Laid over the machine's world. */
  readonly world?: Partial<World>;
}

/** One command line on a test machine, in this process, with its progress on stderr as the program has it. */
export async function call(
  machine: TestMachine,
  argv: readonly string[],
  { terminal = false, columns = 80, colour = false, world = {} }: CallOptions = {},
): Promise<Answer> {
  let out = "";
  let err = "";
  const io = {
    out: (text: string) => void (out += text),
    err: (text: string) => void (err += text),
    outIsTerminal: terminal,
    errIsTerminal: terminal,
    errSize: () => ({ columns, rows: 24 }),
    env: colour ? {} : { NO_COLOR: "1" },
  };
  const exit = await runCli(argv, {
    table: COMMANDS,
    io,
    version: "1.2.3",
    connect: async (flags) => {
      const progress = progressFor(flags, io);
      return {
        world: { ...machine.world(), ...world, onEvent: progress.onEvent },
        close: progress.close,
      };
    },
  });
  return { exit, out, err };
}

/** The JSON on stdout, which must be the only thing there. */
export async function json(machine: TestMachine, argv: readonly string[]): Promise<unknown> {
  return JSON.parse((await call(machine, [...argv, "--json"])).out);
}

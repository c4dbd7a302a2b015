import type { CommandSpec, Flag } from "./command.ts";
import { EXIT_CODES, usageOf } from "./help.ts";
import { GLOBAL_FLAGS } from "./parse-call.ts";

/** `lapstrake help --json`: the command table, the options of all commands, the exit codes. */
export function overviewJson(table: readonly CommandSpec[]): string {
  return print({
    version: 1,
    commands: table.map(commandOf),
    options: optionsOf(GLOBAL_FLAGS),
    exitCodes: EXIT_CODES.map(([code, meaning]) => ({ code, meaning })),
  });
}

/** `lapstrake COMMAND --help --json`. */
export function commandJson(spec: CommandSpec): string {
  return print({ version: 1, command: commandOf(spec), options: optionsOf(GLOBAL_FLAGS) });
}

function commandOf(spec: CommandSpec): unknown {
  const [least, most] = spec.arity;
  return {
    name: spec.name,
    summary: spec.summary,
    usage: usageOf(spec),
    // JSON has no word for "as many as you like".
    operands: { words: spec.operands, least, most: Number.isFinite(most) ? most : null },
    description: spec.description,
    options: optionsOf(spec.flags),
    examples: spec.examples.map(([command, meaning]) => ({ command, meaning })),
  };
}

function optionsOf(flags: Readonly<Record<string, Flag>>): unknown {
  return Object.entries(flags).map(([name, flag]) => ({ name, ...flag }));
}

function print(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

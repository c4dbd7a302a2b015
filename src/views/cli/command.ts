import type { ExitCode } from "../../core/base/error.ts";
import type { World } from "../../flow/world.ts";

/** One option of a command, as `node:util` parseArgs and the help page know it. */
export interface Flag {
  readonly type: "boolean" | "string";
  readonly short?: string;
  /** What stands for the value in the help: `DIR`, `N`. */
  readonly value?: string;
  readonly choices?: readonly string[];
  readonly help: string;
}

/** A line of the command table: help, completion and docs/cli are made of it. */
export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  /** After the name: `[IMAGE…]`. */
  readonly operands: string;
  /** How many operands may stand there. */
  readonly arity: readonly [min: number, max: number];
  readonly description: string;
  readonly flags: Readonly<Record<string, Flag>>;
  readonly examples: readonly (readonly [command: string, meaning: string])[];
  /** The code is loaded when the command is called, so that `--version` stays quick. */
  load(): Promise<CommandModule>;
}

export interface CommandModule {
  run(call: Call): Promise<ExitCode>;
}

export type FlagValues = Readonly<Record<string, string | boolean | undefined>>;

/** One call of a command: what was asked, and all that it may touch. */
export interface Call {
  readonly operands: readonly string[];
  readonly flags: FlagValues;
  readonly io: Io;
  readonly world: World;
  /** Takes the picture of the work off the terminal and tells the failures; call before the answer is written. */
  endProgress(): void;
}

/** The terminal or pipe at the other end, as values, so that tests run commands in-process. */
export interface Io {
  /** The answer. */
  out(text: string): void;
  /** The talk. */
  err(text: string): void;
  readonly errIsTerminal: boolean;
  readonly outIsTerminal: boolean;
  /** Size of the terminal behind stderr, asked anew for every frame since people resize windows. */
  errSize(): { readonly columns: number; readonly rows: number };
  readonly env: Readonly<Record<string, string | undefined>>;
}

export function flagText(flags: FlagValues, name: string): string | undefined {
  const value = flags[name];
  return typeof value === "string" ? value : undefined;
}

export function flagOn(flags: FlagValues, name: string): boolean {
  return flags[name] === true;
}

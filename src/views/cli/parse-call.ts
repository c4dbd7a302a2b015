import { parseArgs } from "node:util";
import { suggest } from "../../core/base/suggest.ts";
import type { CommandSpec, Flag, FlagValues } from "./command.ts";
import { UsageError } from "./error.ts";

/** Options that every command takes. */
export const GLOBAL_FLAGS: Readonly<Record<string, Flag>> = {
  json: { type: "boolean", help: "Print one JSON document on stdout instead of text." },
  quiet: { type: "boolean", short: "q", help: "Say nothing on stderr but errors." },
  progress: {
    type: "string",
    value: "MODE",
    choices: ["auto", "plain", "json", "none"],
    help: "How long work is shown on stderr: auto, plain, json, none.",
  },
  directory: { type: "string", short: "C", value: "DIR", help: "Work as if started in DIR." },
  blueprint: { type: "string", value: "FILE", help: "Use FILE instead of the lapstrake.yaml found upward." },
  debug: { type: "boolean", help: "Show the stack and the details of an error." },
  help: { type: "boolean", short: "h", help: "Show this help." },
};

export interface ParsedCall {
  readonly spec: CommandSpec;
  readonly flags: FlagValues;
  readonly operands: readonly string[];
}

/** Finds the command and reads its flags; they may stand before or after its name. Throws UsageError. */
export function parseCall(argv: readonly string[], table: readonly CommandSpec[]): ParsedCall {
  const { name, rest } = splitCommand(argv);
  if (name === undefined) {
    throw new UsageError("USAGE_COMMAND", "expected a command", { hint: "`lapstrake --help` lists them" });
  }
  const spec = table.find((command) => command.name === name);
  if (spec === undefined) {
    const like = suggest(
      name,
      table.map((command) => command.name),
    );
    throw new UsageError("USAGE_COMMAND", `there is no command "${name}"`, {
      hint:
        like === undefined ? "`lapstrake --help` lists the commands" : `did you mean \`lapstrake ${like}\`?`,
    });
  }
  return { spec, ...parseFlags(spec, rest) };
}

function parseFlags(spec: CommandSpec, rest: readonly string[]): Pick<ParsedCall, "flags" | "operands"> {
  const known = { ...GLOBAL_FLAGS, ...spec.flags };
  const { values, positionals, tokens } = parseArgs({
    args: [...rest],
    options: Object.fromEntries(
      Object.entries(known).map(([name, flag]) => [
        name,
        { type: flag.type, ...(flag.short === undefined ? {} : { short: flag.short }) },
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === "option") checkFlag(spec, known, token);
  }
  const [min, max] = spec.arity;
  if (values["help"] !== true && (positionals.length < min || positionals.length > max)) {
    throw new UsageError(
      "USAGE_OPERAND",
      `\`lapstrake ${spec.name}\` takes ${operandsOf(spec)}, got ${positionals.length}`,
      {
        hint: `\`lapstrake ${spec.name} --help\``,
      },
    );
  }
  return { flags: values, operands: positionals };
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

function checkFlag(spec: CommandSpec, known: Readonly<Record<string, Flag>>, token: OptionToken): void {
  const flag = known[token.name];
  if (flag === undefined) {
    const like = suggest(token.name, Object.keys(known));
    throw new UsageError("USAGE_FLAG", `\`lapstrake ${spec.name}\` has no option ${token.rawName}`, {
      hint:
        like === undefined
          ? `\`lapstrake ${spec.name} --help\` lists its options`
          : `did you mean --${like}?`,
    });
  }
  // The next option is no value; one that begins with a dash can be given as --option=-value.
  const isLacking = token.value === undefined || (token.inlineValue === false && /^-./.test(token.value));
  if (flag.type === "string" && isLacking) {
    throw new UsageError("USAGE_FLAG", `${token.rawName} needs a value (${flag.value ?? "TEXT"})`);
  }
  if (flag.type === "boolean" && token.value !== undefined) {
    throw new UsageError("USAGE_FLAG", `${token.rawName} takes no value, got "${token.value}"`);
  }
  if (flag.choices !== undefined && token.value !== undefined && !flag.choices.includes(token.value)) {
    const like = suggest(token.value, flag.choices);
    throw new UsageError(
      "USAGE_FLAG",
      `${token.rawName} is one of ${flag.choices.join(", ")}, got "${token.value}"`,
      like === undefined ? {} : { hint: `did you mean ${like}?` },
    );
  }
}

/** The command is the first word that is neither a global flag nor a global flag's value. */
function splitCommand(argv: readonly string[]): { name: string | undefined; rest: string[] } {
  const takesValue = new Set(
    Object.entries(GLOBAL_FLAGS)
      .filter(([, flag]) => flag.type === "string")
      .flatMap(([name, flag]) => [`--${name}`, ...(flag.short === undefined ? [] : [`-${flag.short}`])]),
  );
  let index = 0;
  while (argv[index]?.startsWith("-") === true) index += takesValue.has(argv[index] ?? "") ? 2 : 1;
  return { name: argv[index], rest: [...argv.slice(0, index), ...argv.slice(index + 1)] };
}

function operandsOf(spec: CommandSpec): string {
  return spec.operands === "" ? "no operands" : spec.operands;
}

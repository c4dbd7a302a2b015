import type { CommandSpec, Flag } from "./command.ts";
import { GLOBAL_FLAGS } from "./parse-call.ts";

export const EXIT_CODES: readonly (readonly [code: number, meaning: string])[] = [
  [0, "done and clean"],
  [1, "done, with findings: denied, drift, failed image"],
  [2, "usage or configuration: bad flag, bad blueprint"],
  [3, "environment: no engine, registry unreachable, no disk"],
  [4, "partly applied: some succeeded, the rest can be resumed"],
  [70, "a bug in Lapstrake; prints what to report"],
  [130, "cancelled"],
];

/** `lapstrake --help`: the commands, the options of all of them, the exit codes. */
export function overview(table: readonly CommandSpec[]): string {
  const commands = table.map((command) => [command.name, command.summary] as const);
  return [
    "Lapstrake builds, proves and releases a fleet of container images from one blueprint.",
    "",
    "Usage: lapstrake COMMAND [OPERANDS] [OPTIONS]",
    "",
    "Commands:",
    ...columns(commands),
    "",
    "Options of every command:",
    ...columns(flagRows(GLOBAL_FLAGS)),
    "",
    "Exit codes:",
    ...columns(EXIT_CODES.map(([code, meaning]) => [String(code), meaning] as const)),
    "",
    "`lapstrake COMMAND --help` shows a command with examples.",
    "",
  ].join("\n");
}

export function commandHelp(spec: CommandSpec): string {
  return [
    `Usage: ${usageOf(spec)}`,
    "",
    ...spec.description.split("\n").flatMap((line) => wrapped(line)),
    ...(Object.keys(spec.flags).length === 0 ? [] : ["", "Options:", ...columns(flagRows(spec.flags))]),
    "",
    "Options of every command:",
    ...columns(flagRows(GLOBAL_FLAGS)),
    "",
    "Examples:",
    ...columns(spec.examples),
    "",
  ].join("\n");
}

const WIDTH = 120;

/** Lines of at most so many columns, broken at spaces. */
function wrapped(text: string, width = WIDTH): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

export function usageOf(spec: CommandSpec): string {
  return ["lapstrake", spec.name, ...(spec.operands === "" ? [] : [spec.operands]), "[OPTIONS]"].join(" ");
}

export function flagRows(flags: Readonly<Record<string, Flag>>): readonly (readonly [string, string])[] {
  return Object.entries(flags).map(([name, flag]) => {
    const short = flag.short === undefined ? "" : `-${flag.short}, `;
    return [`${short}--${name}${flag.value === undefined ? "" : ` ${flag.value}`}`, flag.help];
  });
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.flatMap(([left, right]) => {
    const [first = "", ...more] = wrapped(right, Math.max(40, WIDTH - width - 4));
    return [`  ${left.padEnd(width)}  ${first}`, ...more.map((line) => `  ${" ".repeat(width)}  ${line}`)];
  });
}

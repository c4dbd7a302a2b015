import type { CommandSpec } from "./command.ts";
import { GLOBAL_FLAGS } from "./parse-call.ts";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/** A completion script made from the command table: commands, then their options. */
export function completionScript(shell: Shell, table: readonly CommandSpec[]): string {
  switch (shell) {
    case "bash":
      return bash(table);
    case "zsh":
      return `#compdef lapstrake\nautoload -U +X bashcompinit && bashcompinit\n${bash(table)}`;
    case "fish":
      return fish(table);
  }
}

function bash(table: readonly CommandSpec[]): string {
  const cases = table.map((spec) => `    ${spec.name}) words="${flagWords(spec).join(" ")}" ;;`);
  return [
    "_lapstrake() {",
    '  local current="${COMP_WORDS[COMP_CWORD]}" words=""',
    '  case "${COMP_WORDS[1]}" in',
    ...cases,
    "  esac",
    `  [ "$COMP_CWORD" = 1 ] && words="${table.map((spec) => spec.name).join(" ")}"`,
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    "}",
    "complete -o default -F _lapstrake lapstrake",
    "",
  ].join("\n");
}

function fish(table: readonly CommandSpec[]): string {
  const commands = table.map(
    (spec) => `complete -c lapstrake -n __fish_use_subcommand -f -a ${spec.name} -d ${quote(spec.summary)}`,
  );
  const flags = table.flatMap((spec) =>
    Object.entries({ ...GLOBAL_FLAGS, ...spec.flags }).map(
      ([name, flag]) =>
        `complete -c lapstrake -n "__fish_seen_subcommand_from ${spec.name}" -l ${name} -d ${quote(flag.help)}`,
    ),
  );
  return [...commands, ...flags, ""].join("\n");
}

function flagWords(spec: CommandSpec): string[] {
  return Object.keys({ ...GLOBAL_FLAGS, ...spec.flags }).map((name) => `--${name}`);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "\\'")}'`;
}

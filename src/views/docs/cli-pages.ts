import type { CommandSpec } from "../cli/command.ts";
import { commandHelp, EXIT_CODES } from "../cli/help.ts";

/** The page of one command: its help, as the program prints it, and where its JSON is described. */
export function renderCliPage(spec: CommandSpec): string {
  return `# lapstrake ${spec.name}\n\n${capital(spec.summary)}.\n\n\`\`\`text\n${commandHelp(spec).trimEnd()}\n\`\`\`\n`;
}

/** The list of all commands and the exit codes that they share. */
export function renderCliIndex(table: readonly CommandSpec[]): string {
  return [
    "# Commands",
    "",
    "Made from the command table (`src/views/cli/table.ts`) by `npm run docs`.",
    "",
    "| command | what it tells or does |",
    "| --- | --- |",
    ...table.map(({ name, summary }) => `| [${name}](${name}.md) | ${summary.replaceAll("|", "\\|")} |`),
    "",
    "| exit | means |",
    "| --- | --- |",
    ...EXIT_CODES.map(([code, meaning]) => `| ${code} | ${meaning} |`),
    "",
    "stdout is the answer, stderr is the talk. `--json` prints one document with `version: 1`; a failed command's is",
    "`{version, error: {code, exit, problems: [{code, message, at, hint}]}}`.",
    "",
  ].join("\n");
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

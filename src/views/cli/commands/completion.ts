import type { ExitCode } from "../../../core/base/error.ts";
import { type Call, flagOn } from "../command.ts";
import { completionScript, SHELLS } from "../completion.ts";
import { UsageError } from "../error.ts";
import { COMMANDS } from "../table.ts";

export async function run({ operands, flags, io }: Call): Promise<ExitCode> {
  const shell = SHELLS.find((name) => name === operands[0]);
  if (shell === undefined) {
    throw new UsageError(
      "USAGE_OPERAND",
      `\`lapstrake completion\` takes ${SHELLS.join(", ")}, got "${operands[0] ?? ""}"`,
    );
  }
  const script = completionScript(shell, COMMANDS);
  io.out(flagOn(flags, "json") ? `${JSON.stringify({ version: 1, shell, script }, null, 2)}\n` : script);
  return 0;
}

import type { ExitCode } from "../../../core/base/error.ts";
import type { Call } from "../command.ts";
import { completionScript, SHELLS } from "../completion.ts";
import { UsageError } from "../error.ts";
import { COMMANDS } from "../table.ts";

export async function run({ operands, io }: Call): Promise<ExitCode> {
  const shell = SHELLS.find((name) => name === operands[0]);
  if (shell === undefined) {
    throw new UsageError(
      "USAGE_OPERAND",
      `\`lapstrake completion\` takes ${SHELLS.join(", ")}, got "${operands[0] ?? ""}"`,
    );
  }
  io.out(completionScript(shell, COMMANDS));
  return 0;
}

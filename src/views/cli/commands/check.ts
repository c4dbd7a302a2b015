import type { ExitCode } from "../../../core/base/error.ts";
import type { Call } from "../command.ts";

export async function run(_call: Call): Promise<ExitCode> {
  return 70;
}

import type { ExitCode } from "../../../core/base/error.ts";
import { why } from "../../../flow/why.ts";
import { renderWhy } from "../../render/why.ts";
import { type Call, flagOn } from "../command.ts";

export async function run(call: Call): Promise<ExitCode> {
  const { chain } = await why(call.world, call.operands[0] ?? "");
  call.endProgress();
  call.io.out(
    flagOn(call.flags, "json") ? `${JSON.stringify({ version: 1, ...chain }, null, 2)}\n` : renderWhy(chain),
  );
  return 0;
}

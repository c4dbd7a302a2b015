import type { ExitCode } from "../../../../core/base/error.ts";
import { checkpointLedger } from "../../../../flow/ledger/checkpoint-ledger.ts";
import { renderCheckpoint } from "../../../render/vouch.ts";
import { type Call, flagOn } from "../../command.ts";
import { vouchFlags } from "./vouch-flags.ts";

export async function run(call: Call): Promise<ExitCode> {
  const result = await checkpointLedger(call.world, vouchFlags(call.flags));
  call.endProgress();
  const { note, ...rest } = result;
  call.io.out(
    flagOn(call.flags, "json")
      ? `${JSON.stringify({ version: 1, ...rest, note: note ?? null }, null, 2)}\n`
      : renderCheckpoint(result),
  );
  return 0;
}

import type { ExitCode } from "../../../../core/base/error.ts";
import { witnessLedger } from "../../../../flow/ledger/witness-ledger.ts";
import { renderWitness } from "../../../render/vouch.ts";
import { type Call, flagOn, flagText } from "../../command.ts";
import { vouchFlags } from "./vouch-flags.ts";

export async function run(call: Call): Promise<ExitCode> {
  const result = await witnessLedger(call.world, {
    ...vouchFlags(call.flags),
    file: call.operands[0],
    accept: flagText(call.flags, "accept")?.split(",") ?? [],
  });
  call.endProgress();
  const { note, ...rest } = result;
  call.io.out(
    flagOn(call.flags, "json")
      ? `${JSON.stringify({ version: 1, ...rest, note: note ?? null }, null, 2)}\n`
      : renderWitness(result),
  );
  return 0;
}

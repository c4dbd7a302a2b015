import type { ExitCode } from "../../../core/base/error.ts";
import { riskStates } from "../../../flow/risks/risk-states.ts";
import { renderRisks, riskJson } from "../../render/risks.ts";
import { type Call, flagOn, flagText } from "../command.ts";

export async function run(call: Call): Promise<ExitCode> {
  const { world, operands, flags, io } = call;
  const states = await riskStates(world, { id: operands[0], machine: flagText(flags, "machine") });
  call.endProgress();
  const json = { version: 1, risks: states.map(riskJson) };
  io.out(flagOn(flags, "json") ? `${JSON.stringify(json, null, 2)}\n` : renderRisks(states));
  return states.some(({ verdict }) => verdict === "raised") ? 1 : 0;
}

import type { ExitCode } from "../../../../core/base/error.ts";
import { renderEntries } from "../../../render/ledger.ts";
import { type Call, flagOn } from "../../command.ts";
import { selectedEntries } from "./selected-entries.ts";

const DEFAULT_SHOWN = 20;

export async function run(call: Call): Promise<ExitCode> {
  const { selected, entries } = await selectedEntries(call, DEFAULT_SHOWN);
  call.endProgress();
  call.io.out(
    flagOn(call.flags, "json")
      ? `${JSON.stringify({ version: 1, entries: selected }, null, 2)}\n`
      : renderEntries(selected, entries.length),
  );
  return 0;
}

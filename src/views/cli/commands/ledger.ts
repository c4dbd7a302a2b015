import type { ExitCode } from "../../../core/base/error.ts";
import { readLedger, verifyLedger } from "../../../flow/open-ledger.ts";
import { renderEntries, renderVerdict } from "../../render/ledger.ts";
import { type Call, flagOn } from "../command.ts";
import { UsageError } from "../error.ts";
import { countOf } from "../selection.ts";

const DEFAULT_SHOWN = 20;

export async function run(call: Call): Promise<ExitCode> {
  switch (call.operands[0]) {
    case "show":
      return show(call);
    case "verify":
      return verify(call);
    default:
      throw new UsageError(
        "USAGE_OPERAND",
        `\`lapstrake ledger\` takes show or verify, got "${call.operands[0] ?? ""}"`,
      );
  }
}

async function show(call: Call): Promise<ExitCode> {
  const entries = (await readLedger(call.world)).slice(-(countOf(call.flags, "last", 1) ?? DEFAULT_SHOWN));
  call.endProgress();
  call.io.out(
    flagOn(call.flags, "json")
      ? `${JSON.stringify({ version: 1, entries }, null, 2)}\n`
      : renderEntries(entries),
  );
  return 0;
}

async function verify(call: Call): Promise<ExitCode> {
  const verdict = await verifyLedger(call.world);
  call.endProgress();
  const { entries, ...judged } = verdict;
  const json = { version: 1, ...judged, entries: entries.length };
  call.io.out(flagOn(call.flags, "json") ? `${JSON.stringify(json, null, 2)}\n` : renderVerdict(verdict));
  return verdict.ok ? 0 : 1;
}

import type { ExitCode } from "../../../../core/base/error.ts";
import { verifyLedger } from "../../../../flow/ledger/verify-ledger.ts";
import { ledgerReportJson, renderLedgerReport } from "../../../render/ledger-report.ts";
import { type Call, flagOn } from "../../command.ts";

export async function run(call: Call): Promise<ExitCode> {
  const report = await verifyLedger(call.world);
  call.endProgress();
  call.io.out(
    flagOn(call.flags, "json")
      ? `${JSON.stringify(ledgerReportJson(report), null, 2)}\n`
      : renderLedgerReport(report),
  );
  return report.findings.length === 0 ? 0 : 1;
}

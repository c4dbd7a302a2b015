import type { ExitCode } from "../../../core/base/error.ts";
import { auditImages } from "../../../flow/audit/audit-images.ts";
import { patchFleet } from "../../../flow/audit/patch-fleet.ts";
import { hasFailure, renderAudit, renderAuditWhy, renderPatchNotes } from "../../render/audit.ts";
import { auditJson } from "../../render/audit-json.ts";
import { type Call, flagOn, flagText } from "../command.ts";

export async function run({ world, operands, flags, io, endProgress }: Call): Promise<ExitCode> {
  const report = await auditImages(world, { images: operands, alone: flagOn(flags, "alone") });
  endProgress();
  const why = flagText(flags, "why");
  if (flagOn(flags, "patch")) {
    const patches = await patchFleet(world, report);
    io.out(patches.map(({ diff }) => diff).join(""));
    io.err(renderPatchNotes(patches));
  } else if (flagOn(flags, "json")) io.out(`${JSON.stringify(auditJson(report), null, 2)}\n`);
  else io.out(why === undefined ? renderAudit(report) : renderAuditWhy(report, why));
  return report.images.some(({ audit }) => hasFailure(audit)) ? 1 : report.left.length > 0 ? 3 : 0;
}

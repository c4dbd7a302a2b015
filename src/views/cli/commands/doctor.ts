import type { ExitCode } from "../../../core/base/error.ts";
import { doctor } from "../../../flow/doctor/doctor.ts";
import { renderDoctor } from "../../render/doctor.ts";
import { createPaint } from "../../render/progress-text.ts";
import { type Call, flagOn } from "../command.ts";

export async function run({ world, io, flags, endProgress }: Call): Promise<ExitCode> {
  const report = await doctor(world);
  endProgress();
  if (flagOn(flags, "json")) {
    io.out(`${JSON.stringify({ version: 1, ...report }, null, 2)}\n`);
    return report.exit;
  }
  const colour = io.outIsTerminal && (io.env["NO_COLOR"] ?? "") === "";
  const columns = io.outIsTerminal ? io.errSize().columns : undefined;
  io.out(renderDoctor(report, { paint: createPaint(colour), columns }));
  return report.exit;
}

import type { ExitCode } from "../../../core/base/error.ts";
import { hasErrors } from "../../../core/base/finding.ts";
import { findingsError } from "../../../flow/error.ts";
import { loadFleet } from "../../../flow/load-fleet.ts";
import { type GraphFormat, renderGraph } from "../../render/graph.ts";
import { type Call, flagOn, flagText } from "../command.ts";

export async function run(call: Call): Promise<ExitCode> {
  const { graph, findings } = await loadFleet(call.world);
  call.endProgress();
  // A drawing of a broken hierarchy would look like a true one.
  if (hasErrors(findings)) throw findingsError(findings);
  // parse-call has let only these words through.
  const asked = (flagText(call.flags, "format") ?? "text") as GraphFormat;
  call.io.out(renderGraph(graph, flagOn(call.flags, "json") ? "json" : asked));
  return 0;
}

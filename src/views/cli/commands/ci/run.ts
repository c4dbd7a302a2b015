import type { ExitCode } from "../../../../core/base/error.ts";
import { chooseJobs, roundsOf } from "../../../../core/pipeline/choose-jobs.ts";
import { openPipelines } from "../../../../flow/ci/open-pipelines.ts";
import { runPipeline } from "../../../../flow/ci/run-pipeline.ts";
import { renderJobs, renderRun } from "../../../render/ci-run.ts";
import { type Call, flagOn } from "../../command.ts";
import { tierOf } from "../../selection.ts";

export async function run({ operands, flags, io, world, endProgress }: Call): Promise<ExitCode> {
  const [name] = operands;
  const tier = tierOf(flags);
  const asJson = flagOn(flags, "json");
  if (flagOn(flags, "dry-run")) {
    const { pipelines } = await openPipelines(world, tier);
    const { pipeline, jobs } = chooseJobs(pipelines, name);
    endProgress();
    io.out(
      asJson
        ? `${JSON.stringify({ ...pipeline, jobs }, null, 2)}\n`
        : renderJobs(pipeline.name, roundsOf(jobs)),
    );
    return 0;
  }
  const report = await runPipeline(world, { name, tier });
  endProgress();
  io.out(asJson ? `${JSON.stringify(report, null, 2)}\n` : renderRun(report));
  return report.exit;
}

import type { ExitCode } from "../../../../core/base/error.ts";
import { prepareRunner } from "../../../../flow/ci/prepare-runner.ts";
import { type Call, flagOn } from "../../command.ts";

export async function run({ flags, io, world, endProgress }: Call): Promise<ExitCode> {
  await prepareRunner(world);
  endProgress();
  const engine = world.engine();
  const kind = engine?.kind ?? null;
  io.out(
    flagOn(flags, "json")
      ? `${JSON.stringify({ version: 1, engine: kind, dockerHost: engine?.dockerHost ?? null }, null, 2)}\n`
      : `the engine is ${engine?.dockerHost ?? "unknown"}\n`,
  );
  return 0;
}

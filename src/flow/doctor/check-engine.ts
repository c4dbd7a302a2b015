import type { EngineInfo } from "../../edge/engine/port.ts";
import type { EngineFile } from "../../edge/tree/engine-file.ts";
import { type Answer, type Check, failure, ok, unknown } from "./check.ts";
import { gigabytes } from "./gigabytes.ts";
import type { Ground } from "./ground.ts";

/** Which engine, from where, does it answer, and does containerd keep its images. */
export function engineCheck(ground: Ground): Check {
  return {
    ids: ["engine", "image-store"],
    area: "environment",
    late: "failure",
    fix: ground.engineUp,
    run: () => look(ground),
  };
}

async function look({ engine, probe, engineUp, machine }: Ground): Promise<readonly Answer[]> {
  if (engine.state !== "found" || probe === undefined) {
    const why =
      engine.state === "damaged"
        ? engine.error.message
        : `no engine was set up: there is no ${machine.engineFile}`;
    return [failure("engine", why, engineUp), unknown("image-store", "there is no engine to ask")];
  }
  const { capabilities, info } = await probe;
  return capabilities.map(({ id, state, reason }) => {
    if (id === "engine") return engineAnswer({ file: engine.file, info, reason, engineUp });
    if (state === "ok") return ok("image-store", reason);
    if (state === "unknown") return unknown("image-store", reason);
    return failure("image-store", reason, usePrivate(engineUp));
  });
}

/** An engine that lacks something is not changed by us: ours is brought up beside it. */
export function usePrivate(engineUp: string): string {
  return `LAPSTRAKE_ENGINE=private ${engineUp}`;
}

function engineAnswer(found: {
  readonly file: EngineFile;
  readonly info: EngineInfo | undefined;
  readonly reason: string;
  readonly engineUp: string;
}): Answer {
  const { file, info, reason, engineUp } = found;
  const whose = file.kind === "private" ? "private (made by scripts/engine)" : "the host's own";
  if (info === undefined) return failure("engine", `${whose}: ${reason}`, engineUp);
  const size = `${info.cpus} CPUs, ${gigabytes(info.memoryBytes)} of memory`;
  return ok("engine", `${whose}: ${reason}; ${size}; ${file.dockerHost}`);
}

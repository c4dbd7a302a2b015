import { type Answer, type Check, failure, ok, unknown } from "./check.ts";
import { usePrivate } from "./check-engine.ts";
import type { Ground } from "./ground.ts";

const IDS = ["buildx", "call", "rawjson", "direct-push"] as const;
/** Three builds of one small file, on a machine that may be busy building. */
const LIMIT_MS = 45_000;

/** What buildx and BuildKit can do, each by doing it: versions lie. */
export function builderCheck(ground: Ground): Check {
  return {
    ids: IDS,
    area: "environment",
    limitMs: LIMIT_MS,
    late: "failure",
    fix: ground.engineUp,
    run: (signal) => look(ground, signal),
  };
}

async function look(ground: Ground, signal: AbortSignal): Promise<readonly Answer[]> {
  const { engine, probe, machine, engineUp } = ground;
  if (engine.state !== "found" || probe === undefined) {
    return IDS.map((id) => unknown(id, "there is no engine to try it on"));
  }
  // One cause, one failure: a dead engine is said once.
  if ((await probe).info === undefined) return IDS.map((id) => unknown(id, "the engine does not answer"));
  const capabilities = await machine.probeBuilder(engine.file, signal);
  return capabilities.map(({ id, state, reason }) => {
    if (state === "ok") return ok(id, reason);
    return state === "lacking" ? failure(id, reason, usePrivate(engineUp)) : unknown(id, reason);
  });
}

import type { ExitCode } from "../../core/base/error.ts";
import type { World } from "../world.ts";
import type { Check, CheckResult } from "./check.ts";
import { blueprintCheck } from "./check-blueprint.ts";
import { builderCheck } from "./check-builder.ts";
import { clockCheck } from "./check-clock.ts";
import { diskCheck } from "./check-disk.ts";
import { engineCheck } from "./check-engine.ts";
import { gitCheck } from "./check-git.ts";
import { loginCheck } from "./check-login.ts";
import { registryCheck } from "./check-registry.ts";
import { rootChecks } from "./check-roots.ts";
import { tokenCheck } from "./check-token.ts";
import { trustCheck } from "./check-trust.ts";
import { variablesCheck } from "./check-variables.ts";
import { type Ground, readGround } from "./ground.ts";
import { registryHosts } from "./registry-hosts.ts";
import { runChecks } from "./run-checks.ts";

export interface DoctorReport {
  readonly checks: readonly CheckResult[];
  /** 3 where the environment fails, 2 where only the project's own files or variables do, else 0. */
  readonly exit: ExitCode;
}

/** Looks at everything that a run needs. Nothing that is missing is thrown; only an interrupt is. */
export async function doctor(world: World): Promise<DoctorReport> {
  const signal = AbortSignal.any([world.drain, world.kill]);
  signal.throwIfAborted();
  const ground = await readGround(world, signal);
  const checks = await runChecks(allChecks(ground), signal);
  return { checks, exit: exitOf(checks) };
}

function allChecks(ground: Ground): readonly Check[] {
  const hosts = registryHosts(ground);
  const ghcr = hosts.find(({ host }) => host === "ghcr.io");
  return [
    engineCheck(ground),
    builderCheck(ground),
    registryCheck(ground),
    ...hosts.map((host) => loginCheck(ground, host)),
    ...(ghcr === undefined ? [] : [tokenCheck(ground, ghcr)]),
    diskCheck(ground),
    gitCheck(ground),
    trustCheck(ground),
    clockCheck(ground),
    blueprintCheck(ground),
    ...rootChecks(ground),
    variablesCheck(ground),
  ];
}

export function exitOf(checks: readonly CheckResult[]): ExitCode {
  const failures = checks.filter(({ status }) => status === "failure");
  if (failures.length === 0) return 0;
  return failures.some(({ area }) => area === "environment") ? 3 : 2;
}

import { setTimeout as delay } from "node:timers/promises";
import { LapstrakeError } from "../../core/base/error.ts";
import type {
  HealthAnswer,
  RunFacts,
  RunIdentity,
  ServiceRun,
  StopAnswer,
} from "../../core/policy/image/run-facts.ts";
import type { HealthAnswer as Answer, ContainerRunner } from "../../edge/engine/port.ts";
import type { World } from "../world.ts";
import { exitWithin, withContainer } from "./with-container.ts";

export interface RunRequest {
  /** `host/repository@digest`. */
  readonly image: string;
  readonly service: { readonly healthPort: number | undefined } | undefined;
}

/** How long a container may take to tell who it is; a large image starts slowly the first time. */
const IDENTITY_MS = 120_000;
/** How long a service may take until it answers: the longest start period of the reference fleet, and as much again. */
const START_MS = 120_000;
const POLL_MS = 200;
const STOP_SECONDS = 10;
const TELL = "id -u; id -g; cat /proc/1/comm";
const LABEL = { "dev.lapstrake.purpose": "verify" };

/** Starts an image, looks, and removes what it started. Throws EngineError where the engine does not answer. */
export async function runTarget(
  world: World,
  engine: ContainerRunner,
  request: RunRequest,
): Promise<RunFacts> {
  await engine.pullImage(request.image, { signal: world.kill });
  const identity = await askIdentity(world, engine, request.image);
  const { service } = request;
  return {
    identity,
    service:
      service === undefined
        ? undefined
        : await runService(world, engine, { image: request.image, ...service }),
  };
}

async function askIdentity(world: World, engine: ContainerRunner, image: string): Promise<RunIdentity> {
  const spec = { image, command: ["sh", "-c", TELL], network: "none", labels: LABEL };
  return withContainer(world, engine, spec, async (id, refused): Promise<RunIdentity> => {
    if (refused !== undefined)
      return { state: "failed", why: `a container of it does not start: ${refused}` };
    const exit = await exitWithin(world, engine, { id, ms: IDENTITY_MS });
    if (exit === undefined)
      return { state: "unknown", why: `it did not tell within ${IDENTITY_MS / 1000} s who it is` };
    const { stdout, stderr } = await engine.readLogs(id, { signal: world.kill, tail: 20 });
    const [uid = "", gid = "", pid1 = ""] = stdout.trim().split("\n");
    if (exit === 0 && pid1 !== "") return { state: "told", uid, gid, pid1 };
    return {
      state: "unknown",
      why: `its shell could not tell who it is (exit ${exit}): ${lastLine(stderr)}`,
    };
  });
}

async function runService(
  world: World,
  engine: ContainerRunner,
  { image, healthPort }: { readonly image: string; readonly healthPort: number | undefined },
): Promise<ServiceRun> {
  const ports = healthPort === undefined ? [] : [{ containerPort: healthPort }];
  return withContainer(
    world,
    engine,
    { image, ports, labels: LABEL },
    async (id, refused): Promise<ServiceRun> => {
      if (refused !== undefined) {
        const why = `it does not start: ${refused}`;
        return { health: { state: "silent", why }, stop: { state: "unknown", why } };
      }
      const health: HealthAnswer =
        healthPort === undefined
          ? { state: "unknown", why: "the blueprint names no health port of it" }
          : await askHealth(world, engine, { id, healthPort });
      return { health, stop: await stop(world, engine, id) };
    },
  );
}

async function askHealth(
  world: World,
  engine: ContainerRunner,
  { id, healthPort }: { readonly id: string; readonly healthPort: number },
): Promise<HealthAnswer> {
  const started = world.clock();
  for (;;) {
    const state = await engine.inspectContainer(id, { signal: world.kill });
    const ms = world.clock() - started;
    if (!state.running) {
      const { stderr } = await engine.readLogs(id, { signal: world.kill, tail: 20 });
      return { state: "silent", why: `it ended with exit code ${state.exitCode}: ${lastLine(stderr)}` };
    }
    const published = state.ports.find(({ containerPort }) => containerPort === healthPort)?.hostPort;
    const answer =
      published === undefined ? undefined : await answerOf(world, `http://127.0.0.1:${published}/health`);
    // While it starts, a service may say that it is not ready; anything else is its answer.
    if (answer !== undefined && (answer.status < 500 || ms > START_MS))
      return { state: "answered", ...answer, ms };
    if (ms > START_MS)
      return { state: "silent", why: `nobody answered on port ${healthPort} within ${START_MS / 1000} s` };
    await delay(POLL_MS, undefined, { signal: world.kill });
  }
}

/** Undefined where nobody answers: a service that starts is not there yet. */
async function answerOf({ askHealth, kill }: World, url: string): Promise<Answer | undefined> {
  try {
    return await askHealth(url, { signal: kill });
  } catch (error) {
    if (error instanceof LapstrakeError && error.code === "ENGINE_UNREACHABLE") return undefined;
    throw error;
  }
}

/** 128 and SIGKILL: the engine's grace was over. */
const KILLED = 137;

async function stop(world: World, engine: ContainerRunner, id: string): Promise<StopAnswer> {
  const before = await engine.inspectContainer(id, { signal: world.kill });
  if (!before.running)
    return { state: "unknown", why: `it had ended by itself with exit code ${before.exitCode}` };
  const started = world.clock();
  await engine.stopContainer(id, { seconds: STOP_SECONDS, signal: world.kill });
  const ms = world.clock() - started;
  const { exitCode } = await engine.inspectContainer(id, { signal: world.kill });
  return exitCode === KILLED ? { state: "killed", ms } : { state: "stopped", exitCode, ms };
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1)?.trim().slice(0, 300) || "it said nothing";
}

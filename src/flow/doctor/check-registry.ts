import { LapstrakeError } from "../../core/base/error.ts";
import { type Answer, type Check, failure, ok, unknown } from "./check.ts";
import type { Ground } from "./ground.ts";
import { isLoopbackHost, ownHost } from "./registry-hosts.ts";

/** Does the registry that images are pushed to answer, and does it take the login that was found? */
export function registryCheck(ground: Ground): Check {
  const host = ownHost(ground);
  return {
    ids: ["registry"],
    area: "environment",
    late: "failure",
    ...(host === undefined ? {} : { fix: fixFor(host, ground) }),
    run: async (signal) => [await look(ground, host, signal)],
  };
}

async function look(ground: Ground, host: string | undefined, signal: AbortSignal): Promise<Answer> {
  if (host === undefined) {
    if (ground.fleet.state !== "loaded") return unknown("registry", "no blueprint and no engine name one");
    return failure(
      "registry",
      "the blueprint's registry is `local`, but no engine was set up",
      ground.engineUp,
    );
  }
  try {
    await ground.registry.ping(host, { signal });
    return ok("registry", `${host} answers`);
  } catch (error) {
    if (signal.aborted || !(error instanceof LapstrakeError)) throw error;
    const refused = error.code === "REGISTRY_UNAUTHORIZED" || error.code === "REGISTRY_DENIED";
    return failure("registry", error.message, refused ? loginFix(host) : fixFor(host, ground));
  }
}

function fixFor(host: string, { engine, engineUp }: Ground): string {
  const ours = engine.state === "found" && engine.file.registry === host;
  if (ours) return engineUp;
  return `curl -v ${isLoopbackHost(host) ? "http" : "https"}://${host}/v2/`;
}

/** The guide's way for GHCR, Docker's for all others. */
export function loginFix(host: string): string {
  return host === "ghcr.io"
    ? "gh auth login --scopes write:packages && export GH_USERNAME=$(gh api user -q .login) GH_TOKEN=$(gh auth token)"
    : `docker login ${host}`;
}

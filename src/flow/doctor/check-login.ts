import { type Answer, type Check, failure, ok, warning } from "./check.ts";
import { loginFix } from "./check-registry.ts";
import type { Ground } from "./ground.ts";
import { isLoopbackHost, type RegistryHost } from "./registry-hosts.ts";

/** Registries that never take a push without a login. */
const ALWAYS_ASK: ReadonlySet<string> = new Set(["ghcr.io", "docker.io", "quay.io"]);

/** Which source serves the login of a host. Whether the host takes it, the check of the registry tells. */
export function loginCheck(ground: Ground, { host, use }: RegistryHost): Check {
  const id = `login:${host}`;
  return {
    ids: [id],
    area: "environment",
    late: use === "push" ? "failure" : "unknown",
    fix: loginFix(host),
    run: async (signal) => [await look(ground, { host, use }, signal)],
  };
}

async function look(ground: Ground, { host, use }: RegistryHost, signal: AbortSignal): Promise<Answer> {
  const id = `login:${host}`;
  const { source, user, problem } = await ground.machine.login(host, signal);
  if (problem !== undefined) {
    return use === "push" ? failure(id, problem, loginFix(host)) : warning(id, problem, loginFix(host));
  }
  if (source !== undefined) return ok(id, `${source}${user === undefined ? "" : `, as ${user}`}`);
  if (use === "pull") return ok(id, "none: asked without a login");
  if (isLoopbackHost(host)) return ok(id, "none, and none is needed on this machine");
  if (ALWAYS_ASK.has(host)) return failure(id, "no login, and a push needs one", loginFix(host));
  return warning(id, "no login; a push works only if the registry asks for none", loginFix(host));
}

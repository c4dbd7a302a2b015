import type { ServerTime } from "../../edge/registry/http/server-time.ts";
import { type Answer, type Check, ok, unknown, warning } from "./check.ts";
import type { Ground } from "./ground.ts";
import { isLoopbackHost, registryHosts } from "./registry-hosts.ts";

const ID = "clock";
/** Beyond this, tokens are refused as not yet or no longer valid, and tags may carry the wrong day. */
const MOST_MS = 5 * 60_000;
const SET = "timedatectl set-ntp true";

/** Our clock against that of the first registry that says its own. One on this machine proves nothing. */
export function clockCheck(ground: Ground): Check {
  return {
    ids: [ID],
    area: "environment",
    late: "unknown",
    run: async (signal) => [await look(ground, signal)],
  };
}

async function look(ground: Ground, signal: AbortSignal): Promise<Answer> {
  const hosts = registryHosts(ground).map(({ host }) => host);
  const foreign = hosts.filter((host) => !isLoopbackHost(host));
  const commit = await headTime(ground);
  const now = ground.world.clock();
  if (commit !== undefined && commit - now > MOST_MS) {
    return warning(
      ID,
      `HEAD was committed ${minutes(commit - now)} after our time: this clock is behind`,
      SET,
    );
  }
  if (foreign.length === 0) {
    return unknown(
      ID,
      "no registry outside this machine is used, so there is no other clock to compare with",
    );
  }
  const time = await firstTime(ground, foreign, signal);
  if (time === undefined) return unknown(ID, `nobody told the time: ${foreign.join(", ")}`);
  const ahead = time.ours - time.theirs;
  if (Math.abs(ahead) <= MOST_MS) return ok(ID, `agrees with ${time.host} to within ${seconds(ahead)}`);
  return warning(ID, `${minutes(ahead)} ${ahead > 0 ? "ahead of" : "behind"} ${time.host}`, SET);
}

async function firstTime(
  { machine, fleet }: Ground,
  hosts: readonly string[],
  signal: AbortSignal,
): Promise<ServerTime | undefined> {
  const insecure = fleet.state === "loaded" ? fleet.fleet.blueprint.build.insecure : [];
  const asked = hosts.map(async (host) => {
    const time = await machine.serverTime(host, insecure, signal);
    if (time === undefined) throw new Error(`${host} sends no Date`);
    return time;
  });
  // Rejects only where every one of them did.
  return Promise.any(asked).catch(() => undefined);
}

async function headTime({ fleet }: Ground): Promise<number | undefined> {
  if (fleet.state !== "loaded") return undefined;
  const facts = await fleet.fleet.tree.git(["."]).catch(() => undefined);
  return facts?.kind === "git" ? facts.commitTime * 1000 : undefined;
}

function minutes(ms: number): string {
  return `${Math.round(Math.abs(ms) / 60_000)} min`;
}

function seconds(ms: number): string {
  return `${Math.max(1, Math.ceil(Math.abs(ms) / 1000))} s`;
}

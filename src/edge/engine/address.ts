import { parseSshAddress, sshArgv } from "../../core/base/ssh-address.ts";
import { EngineError } from "./error.ts";

/** Where an engine listens: what node:http takes, or the argv of a program whose stdin and stdout lead there. */
export type EngineAddress =
  | { readonly socketPath: string }
  | { readonly host: string; readonly port: number }
  | { readonly argv: readonly [string, ...string[]] };

/**
 * Reads a DOCKER_HOST: `unix:///path`, `tcp://host:port` (plain HTTP; 2375 unless told) or `ssh://[user@]host[:port]`,
 * which docker's own client reaches by the same program at the other end.
 */
export function parseEngineAddress(dockerHost: string): EngineAddress {
  const unix = /^unix:\/\/(\/.+)$/.exec(dockerHost);
  if (unix?.[1] !== undefined) return { socketPath: unix[1] };
  const tcp = /^tcp:\/\/(\[[0-9a-fA-F:]+\]|[^:/[\]]+)(?::(\d{1,5}))?\/?$/.exec(dockerHost);
  if (tcp?.[1] !== undefined) {
    return { host: tcp[1].replaceAll(/[[\]]/g, ""), port: Number(tcp[2] ?? "2375") };
  }
  const ssh = parseSshAddress(dockerHost);
  if (ssh !== undefined) return { argv: sshArgv(ssh, ["docker", "system", "dial-stdio"]) };
  throw new EngineError("ENGINE_ADDRESS", `cannot speak to an engine at "${dockerHost}"`, {
    hint: "unix:///PATH, tcp://HOST:PORT and ssh://USER@HOST are understood",
  });
}

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
  // Neither may begin with a dash: ssh would take it for an option (CVE-2017-1000117 in other programs).
  const ssh = /^ssh:\/\/(?:([\w.][\w.-]*)@)?([\w][\w.-]*|\[[0-9a-fA-F:]+\])(?::(\d{1,5}))?\/?$/.exec(
    dockerHost,
  );
  if (ssh?.[2] !== undefined) return { argv: sshArgv(ssh[2].replaceAll(/[[\]]/g, ""), ssh[1], ssh[3]) };
  throw new EngineError("ENGINE_ADDRESS", `cannot speak to an engine at "${dockerHost}"`, {
    hint: "unix:///PATH, tcp://HOST:PORT and ssh://USER@HOST are understood",
  });
}

function sshArgv(
  host: string,
  user: string | undefined,
  port: string | undefined,
): readonly [string, ...string[]] {
  return [
    "ssh",
    // Nobody sits there to type a password, and a machine that is off must not hold the others up.
    "-o",
    "BatchMode=yes",
    "-o",
    "ConnectTimeout=10",
    "-T",
    ...(user === undefined ? [] : ["-l", user]),
    ...(port === undefined ? [] : ["-p", port]),
    "--",
    host,
    "docker",
    "system",
    "dial-stdio",
  ];
}

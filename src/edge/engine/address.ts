import { EngineError } from "./error.ts";

/** Where an engine listens, as node:http takes it. */
export type EngineAddress =
  | { readonly socketPath: string }
  | { readonly host: string; readonly port: number };

/** Reads a DOCKER_HOST: `unix:///path` or `tcp://host:port` (plain HTTP; 2375 unless told). */
export function parseEngineAddress(dockerHost: string): EngineAddress {
  const unix = /^unix:\/\/(\/.+)$/.exec(dockerHost);
  if (unix?.[1] !== undefined) return { socketPath: unix[1] };
  const tcp = /^tcp:\/\/(\[[0-9a-fA-F:]+\]|[^:/[\]]+)(?::(\d{1,5}))?\/?$/.exec(dockerHost);
  if (tcp?.[1] !== undefined) {
    return { host: tcp[1].replaceAll(/[[\]]/g, ""), port: Number(tcp[2] ?? "2375") };
  }
  throw new EngineError("ENGINE_ADDRESS", `cannot speak to an engine at "${dockerHost}"`, {
    hint: "unix:///PATH and tcp://HOST:PORT are understood",
  });
}

import type { Secret } from "../../core/base/secret.ts";
import type { BuilderCapability } from "../../edge/builder/probe.ts";
import type { EngineProbe } from "../../edge/engine/probe.ts";
import type { HostLogin } from "../../edge/registry/credentials/docker-credentials.ts";
import type { TokenScopes } from "../../edge/registry/github/token-scopes.ts";
import type { ServerTime } from "../../edge/registry/http/server-time.ts";
import type { Registry } from "../../edge/registry/port.ts";
import type { DiskSpace } from "../../edge/tree/disk.ts";
import type { EngineFile } from "../../edge/tree/engine-file.ts";

/** What only a check-up asks of the machine. Looks, and changes nothing but what `probeBuilder` says. */
export interface Machine {
  /** The program of this installation that brings an engine up, as a command line names it. */
  readonly engineScript: string;
  /** `engine.json`, there or not. */
  readonly engineFile: string;
  /** Where a private engine, and the registry that `scripts/engine` started, keep their bytes. */
  readonly folders: { readonly engine: string; readonly registry: string };
  /** A registry that gives up early: it is looked at, not worked with. */
  registry(settings: {
    readonly insecure: readonly string[];
    readonly mirrors: Readonly<Record<string, readonly string[]>>;
  }): Registry;
  /** An engine that does not answer is a result, not an error. */
  probeEngine(engine: EngineFile, signal: AbortSignal): Promise<EngineProbe>;
  /** By doing: it pushes an image of one small file as `lapstrake/probe:probe` to the registry of `engine.json`. */
  probeBuilder(engine: EngineFile, signal: AbortSignal): Promise<readonly BuilderCapability[]>;
  /** Undefined where there is no such folder on this machine. */
  disk(path: string): Promise<DiskSpace | undefined>;
  login(host: string, signal: AbortSignal): Promise<HostLogin>;
  serverTime(host: string, insecure: readonly string[], signal: AbortSignal): Promise<ServerTime | undefined>;
  tokenScopes(token: Secret, signal: AbortSignal): Promise<TokenScopes>;
}

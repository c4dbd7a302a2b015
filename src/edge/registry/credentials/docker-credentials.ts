import { join } from "node:path";
import { messageOf } from "../../../core/base/error.ts";
import { Secret } from "../../../core/base/secret.ts";
import type { ProcessRunner } from "../../process/port.ts";
import { RegistryError } from "../error.ts";
import type { CredentialSource, FoundCredential } from "./credential.ts";
import { type DockerConfig, parseDockerConfig, readDockerConfig } from "./docker-config.ts";
import { askHelper } from "./helper.ts";

export interface DockerCredentialOptions {
  /** DOCKER_CONFIG, DOCKER_AUTH_CONFIG, GH_USERNAME and GH_TOKEN are looked at. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly runner: ProcessRunner;
}

/** How a host would be logged in to; for `doctor`. */
export interface HostLogin {
  readonly host: string;
  /** `GH_TOKEN`, `docker-credential-pass`, `auths of /home/x/.docker/config.json`; undefined for none. */
  readonly source: string | undefined;
  readonly user: string | undefined;
  /** Why a source that was there could not be used. */
  readonly problem: string | undefined;
}

export interface DockerCredentials extends CredentialSource {
  /** Never rejects, but for an aborted signal. */
  describe(host: string, signal?: AbortSignal): Promise<HostLogin>;
}

// A token of GitHub's is one for both: GHCR takes no other login, and its REST API lists and deletes what is there.
const GITHUB: ReadonlySet<string> = new Set(["ghcr.io", "api.github.com"]);
// Any name does for a token on GHCR; the registry looks at the token only.
const ANY_USER = "token";

/**
 * Logins as Docker's clients find them, by exact host: for ghcr.io and GitHub's API the guide's GH_USERNAME and GH_TOKEN;
 * then, of DOCKER_AUTH_CONFIG and of `$DOCKER_CONFIG/config.json` (else `~/.docker/config.json`), the host's credential helper,
 * the general one, and the stored login. Files are read once, when the first host asks.
 */
export function createDockerCredentials(options: DockerCredentialOptions): DockerCredentials {
  let configs: Promise<readonly DockerConfig[]> | undefined;
  const find: CredentialSource["find"] = async (host, signal) => {
    const own = fromEnvironment(host, options.env);
    if (own !== undefined) return own;
    configs ??= readConfigs(options);
    for (const config of await configs) {
      const found = await fromConfig({ ...options, config, host, signal });
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return {
    find,
    async describe(host, signal) {
      try {
        const found = await find(host, signal);
        const user = found?.credential.kind === "password" ? found.credential.user : undefined;
        return { host, source: found?.source, user, problem: undefined };
      } catch (error) {
        signal?.throwIfAborted();
        return { host, source: undefined, user: undefined, problem: messageOf(error) };
      }
    },
  };
}

function fromEnvironment(host: string, env: DockerCredentialOptions["env"]): FoundCredential | undefined {
  const token = env["GH_TOKEN"];
  if (!GITHUB.has(host) || token === undefined || token === "") return undefined;
  const user = env["GH_USERNAME"] ?? "";
  return {
    credential: { kind: "password", user: user === "" ? ANY_USER : user, password: new Secret(token) },
    source: "GH_TOKEN",
  };
}

async function readConfigs({ env, home }: DockerCredentialOptions): Promise<readonly DockerConfig[]> {
  const inline = env["DOCKER_AUTH_CONFIG"] ?? "";
  const folder = env["DOCKER_CONFIG"] ?? "";
  const file = await readDockerConfig(join(folder === "" ? join(home, ".docker") : folder, "config.json"));
  return [
    ...(inline === "" ? [] : [parseDockerConfig(inline, "DOCKER_AUTH_CONFIG")]),
    ...(file === undefined ? [] : [file]),
  ];
}

interface Search {
  readonly config: DockerConfig;
  readonly runner: ProcessRunner;
  readonly host: string;
  readonly signal?: AbortSignal | undefined;
}

async function fromConfig({ config, runner, host, signal }: Search): Promise<FoundCredential | undefined> {
  let failure: RegistryError | undefined;
  for (const name of [config.helpers.get(host), config.store]) {
    if (name === undefined) continue;
    try {
      const credential = await askHelper({ runner, name, host, signal });
      if (credential !== undefined) return { credential, source: `docker-credential-${name}` };
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      failure ??= error;
    }
  }
  const credential = config.auths.get(host);
  if (credential !== undefined) return { credential, source: `auths of ${config.place}` };
  // Only now: a helper that fails does not matter to a host whose login is in the file.
  if (failure !== undefined) throw failure;
  return undefined;
}

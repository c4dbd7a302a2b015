import type { Secret } from "../../../core/base/secret.ts";
import type { CredentialSource } from "../credentials/credential.ts";
import type { Transport } from "../http/transport.ts";
import type { Packages } from "../powers.ts";
import { createPackages } from "./packages.ts";
import type { RestApiOptions } from "./rest-api.ts";
import { GITHUB_API } from "./token-scopes.ts";

/** The packages of a registry's host by that host's own API; undefined where it has none. */
export type PackageHosts = (host: string) => Packages | undefined;

export interface PackageHostOptions extends Pick<RestApiOptions, "cache" | "time" | "retry"> {
  readonly transport: Transport;
  readonly credentials: CredentialSource;
  /** Registry host to the URL of its REST API, besides ghcr.io's. */
  readonly apis: Readonly<Record<string, string>>;
}

/**
 * Each API is logged in to as any host is: with what is stored for exactly its own host. So a blueprint that names
 * another API for ghcr.io gets no token of ours there.
 */
export function createPackageHosts({ apis, credentials, ...options }: PackageHostOptions): PackageHosts {
  const known = new Map<string, Packages>();
  const all: Readonly<Record<string, string>> = { "ghcr.io": GITHUB_API, ...apis };
  return (host) => {
    const url = Object.hasOwn(all, host) ? all[host] : undefined;
    if (url === undefined) return undefined;
    const api = url.endsWith("/") ? url : `${url}/`;
    const login = (): Promise<Secret | undefined> => loginOf(credentials, new URL(api).host);
    const packages = known.get(host) ?? createPackages({ ...options, api, login });
    known.set(host, packages);
    return packages;
  };
}

async function loginOf(credentials: CredentialSource, host: string): Promise<Secret | undefined> {
  const found = await credentials.find(host);
  switch (found?.credential.kind) {
    case "password":
      return found.credential.password;
    case "bearer":
      return found.credential.token;
    // A refresh token is for a registry's token service.
    case "identity":
    case undefined:
      return undefined;
  }
}

import type { Secret } from "../../../core/base/secret.ts";

/** What may be shown to a registry or to its token service. */
export type Credential =
  | { readonly kind: "password"; readonly user: string; readonly password: Secret }
  /** An OAuth2 refresh token: goes to the token service only. */
  | { readonly kind: "identity"; readonly token: Secret }
  /** A ready bearer token. */
  | { readonly kind: "bearer"; readonly token: Secret };

export interface FoundCredential {
  readonly credential: Credential;
  /** For people: `GH_TOKEN`, `docker-credential-pass`, `auths in /home/x/.docker/config.json`. */
  readonly source: string;
}

/** Where logins come from. Chosen by the exact host (with port); nothing is ever tried at another. */
export interface CredentialSource {
  find(host: string, signal?: AbortSignal): Promise<FoundCredential | undefined>;
}

/** For tests, and for registries that need none. */
export const noCredentials: CredentialSource = { find: () => Promise.resolve(undefined) };

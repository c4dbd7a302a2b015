import type { Secret } from "../../../core/base/secret.ts";
import { RegistryError } from "../error.ts";
import { readBody } from "../http/body.ts";
import { isLoopback } from "../http/endpoint.ts";
import type { Transport } from "../http/transport.ts";

export const GITHUB_API = "https://api.github.com/";

/** What GitHub says of a token. */
export type TokenScopes =
  /** A classic token: its scopes, as the `x-oauth-scopes` header lists them. */
  | { readonly kind: "classic"; readonly user: string | undefined; readonly scopes: readonly string[] }
  /** Taken, but without that header: a fine-grained token or that of a workflow, which have no scopes. */
  | { readonly kind: "without-scopes"; readonly user: string | undefined }
  | { readonly kind: "refused"; readonly status: number };

const MAX_BYTES = 256 * 1024;

/**
 * Asks `GET /user` of GitHub's REST API ("Scopes for OAuth apps": every answer to a classic token names its scopes).
 * RegistryError where GitHub does not answer, answers with a server error, or where `api` would send the token in plain
 * text over a network.
 */
export async function readTokenScopes(options: {
  readonly transport: Transport;
  readonly token: Secret;
  readonly api?: string;
  readonly signal?: AbortSignal;
}): Promise<TokenScopes> {
  const url = new URL("user", options.api ?? GITHUB_API);
  if (url.protocol !== "https:" && !isLoopback(url.host)) {
    throw new RegistryError("REGISTRY_INSECURE", `a token is not sent to ${url.host} in plain text`);
  }
  const answer = await options.transport.send({
    method: "GET",
    url,
    headers: {
      accept: "application/vnd.github+json",
      // GitHub refuses requests without one.
      "user-agent": "lapstrake",
      authorization: `Bearer ${options.token.reveal()}`,
    },
    signal: options.signal,
  });
  // A redirect is not followed: the token belongs to this origin alone.
  if (answer.status >= 500 || answer.status < 200 || (answer.status >= 300 && answer.status < 400)) {
    await answer.discard();
    throw new RegistryError("REGISTRY_UNAVAILABLE", `${url.host} answered ${answer.status}`);
  }
  const body = await readBody(answer, MAX_BYTES);
  if (answer.status === 401) return { kind: "refused", status: 401 };
  const header = answer.headers["x-oauth-scopes"];
  const user = loginOf(body);
  // 403 without the header: the token of a workflow, which is nobody's.
  if (typeof header !== "string") return { kind: "without-scopes", user };
  const scopes = header.split(",").map((scope) => scope.trim());
  return { kind: "classic", user, scopes: scopes.filter((scope) => scope !== "") };
}

function loginOf(body: Buffer): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || !("login" in value)) return undefined;
  return typeof value.login === "string" && /^[A-Za-z0-9-]{1,100}$/.test(value.login)
    ? value.login
    : undefined;
}

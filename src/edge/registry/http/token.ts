import { messageOf } from "../../../core/base/error.ts";
import { Secret } from "../../../core/base/secret.ts";
import type { Credential } from "../credentials/credential.ts";
import { RegistryError } from "../error.ts";
import { errorOfAnswer } from "./api-error.ts";
import { readBody } from "./body.ts";
import type { Challenge } from "./challenge.ts";
import { type Endpoint, mayBePlain } from "./endpoint.ts";
import type { Answer, Exchange } from "./exchange.ts";
import { follow } from "./redirect.ts";
import type { Scope } from "./scope.ts";
import type { TimeSource } from "./time-source.ts";
import type { Transport } from "./transport.ts";

const MAX_TOKEN_BYTES = 64 * 1024;
// The token specification: a missing expires_in means 60 seconds; some servers say less and mean it to be ignored.
const LEAST_SECONDS = 60;
// A header line of 8 KiB is what servers commonly take.
const MAX_TOKEN_LENGTH = 16 * 1024;
const CLIENT_ID = "lapstrake";
// 10/8, 172.16/12, 192.168/16, 169.254/16, fc00::/7, fe80::/10.
const PRIVATE =
  /^(?:10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|0\.|\[f[cd]|\[fe[89ab]|\[::ffff:)/i;

export interface Token {
  readonly value: Secret;
  /** Milliseconds since 1970, by our clock, when it should no longer be used. */
  readonly expires: number;
}

export interface TokenRequest {
  readonly endpoint: Endpoint;
  readonly challenge: Challenge;
  readonly scopes: readonly Scope[];
  readonly credential: Credential | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface TokenContext {
  readonly transport: Transport;
  readonly time: TimeSource;
  readonly insecure: readonly string[];
}

/** Asks the token service that a Bearer challenge names (distribution, spec/auth/token.md and oauth.md). */
export async function fetchToken(context: TokenContext, asked: TokenRequest): Promise<Token> {
  const realm = realmOf(context, asked);
  if (asked.credential?.kind === "identity") {
    const answer = await post(context, asked, realm);
    // oauth.md: a service without the POST form answers 404; then the GET form is tried.
    if (answer.status !== 404) return readToken(context, asked, answer);
    await answer.discard();
  }
  const url = new URL(realm);
  const service = asked.challenge.parameters.get("service");
  if (service !== undefined) url.searchParams.set("service", service);
  for (const scope of asked.scopes) url.searchParams.append("scope", scope);
  return readToken(context, asked, await send(context, asked, { method: "GET", url, headers: basic(asked) }));
}

/** The realm comes from outside: it decides where a password goes. */
function realmOf(context: TokenContext, { endpoint, challenge }: TokenRequest): URL {
  const realm = challenge.parameters.get("realm") ?? "";
  const url = URL.canParse(realm) ? new URL(realm) : undefined;
  if (url === undefined || (url.protocol !== "https:" && url.protocol !== "http:") || url.username !== "") {
    throw new RegistryError("REGISTRY_PROTOCOL", `${endpoint.host} names no usable token service`);
  }
  const own = url.hostname === endpoint.base.hostname;
  const plainAllowed = endpoint.base.protocol === "http:" && mayBePlain(url.host, context.insecure);
  if (url.protocol === "http:" && !plainAllowed) {
    throw new RegistryError(
      "REGISTRY_INSECURE",
      `${endpoint.host} wants its login sent to ${url.host} without TLS`,
    );
  }
  // A foreign registry must not make us knock at addresses inside our network.
  const inside = PRIVATE.test(url.hostname) || mayBePlain(url.host);
  if (!own && inside && !mayBePlain(endpoint.base.host, context.insecure)) {
    throw new RegistryError(
      "REGISTRY_INSECURE",
      `${endpoint.host} wants its login sent to the private address ${url.host}`,
    );
  }
  return url;
}

function basic({ credential }: TokenRequest): Record<string, string> {
  return credential?.kind === "password" ? { authorization: basicHeader(credential) } : {};
}

export function basicHeader(credential: { readonly user: string; readonly password: Secret }): string {
  return `Basic ${Buffer.from(`${credential.user}:${credential.password.reveal()}`).toString("base64")}`;
}

function post(context: TokenContext, asked: TokenRequest, url: URL): Promise<Answer> {
  const form = new URLSearchParams({ grant_type: "refresh_token", client_id: CLIENT_ID });
  form.set("service", asked.challenge.parameters.get("service") ?? "");
  form.set("scope", asked.scopes.join(" "));
  if (asked.credential?.kind === "identity") form.set("refresh_token", asked.credential.token.reveal());
  const content = Buffer.from(form.toString());
  const headers = {
    "content-type": "application/x-www-form-urlencoded",
    "content-length": String(content.byteLength),
  };
  return send(context, asked, { method: "POST", url, headers, content });
}

function send(context: TokenContext, asked: TokenRequest, exchange: Exchange): Promise<Answer> {
  return follow({ ...exchange, signal: asked.signal }, { ...context, origin: exchange.url.origin });
}

async function readToken(context: TokenContext, asked: TokenRequest, answer: Answer): Promise<Token> {
  const now = context.time.clock();
  const host = asked.endpoint.host;
  if (answer.status !== 200) {
    // 400 is what some services say to a bad refresh token or password.
    throw await errorOfAnswer(answer, { what: "the request for a token", host, now });
  }
  const body = await readBody(answer, MAX_TOKEN_BYTES);
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch (cause) {
    throw unusable(host, messageOf(cause));
  }
  // Each member is checked before use.
  const members = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  const token = members["token"] ?? members["access_token"];
  // Printable ASCII only: the token becomes a header, and must not bring a line of its own.
  if (typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token) || token.length > MAX_TOKEN_LENGTH) {
    throw unusable(host, "no token in its answer");
  }
  const said = members["expires_in"];
  const seconds = typeof said === "number" && said > LEAST_SECONDS ? Math.min(said, 86_400) : LEAST_SECONDS;
  // Renewed at nine tenths, counted from now by our clock: issued_at is theirs, and clocks differ.
  return { value: new Secret(token), expires: now + seconds * 900 };
}

function unusable(host: string, why: string): RegistryError {
  return new RegistryError("REGISTRY_PROTOCOL", `the token service of ${host} gave no token: ${why}`);
}

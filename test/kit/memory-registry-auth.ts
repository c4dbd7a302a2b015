import { randomBytes } from "node:crypto";
import { type Asked, json, NAME, type Reply } from "./memory-registry-store.ts";

export type AuthOptions =
  | { readonly kind: "none" }
  | { readonly kind: "basic"; readonly user: string; readonly password: string }
  | {
      readonly kind: "bearer";
      readonly user: string;
      readonly password: string;
      /** Seconds that a token lives; the answer says so unless `sayExpiry` is false. */
      readonly seconds?: number;
      readonly sayExpiry?: boolean;
      /** Taken by the POST form of the token service. */
      readonly identityToken?: string;
      /** May anyone pull? */
      readonly anonymousPull?: boolean;
    };

interface Granted {
  readonly scopes: readonly string[];
  readonly expires: number;
}

/** The registry's door: says 401 or lets through; and its token service under /token. */
export class RegistryAuth {
  readonly #options: AuthOptions;
  readonly #tokens = new Map<string, Granted>();
  /** Added to the time, to make tokens old. */
  skewMs = 0;

  constructor(options: AuthOptions) {
    this.#options = options;
  }

  /** Forgets all tokens, as a restarted token service with new keys does. */
  revoke(): void {
    this.#tokens.clear();
  }

  /** A 401, or undefined where the request may pass. */
  check(asked: Asked): Reply | undefined {
    const options = this.#options;
    const header = String(asked.headers["authorization"] ?? "");
    if (options.kind === "none") return undefined;
    if (options.kind === "basic") {
      return header === basic(options) ? undefined : refused('Basic realm="kit"');
    }
    const scope = scopeOf(asked);
    const granted = this.#tokens.get(header.replace(/^Bearer /, ""));
    const live = granted !== undefined && granted.expires > Date.now() + this.skewMs;
    if (live && (scope === undefined || allows(granted.scopes, scope))) return undefined;
    const wanted = scope === undefined ? "" : `,scope="${scope}"`;
    const why = live ? ',error="insufficient_scope"' : "";
    return refused(`Bearer realm="${asked.url.origin}/token",service="kit"${wanted}${why}`);
  }

  /** GET and POST /token. */
  token(asked: Asked): Reply {
    const options = this.#options;
    if (options.kind !== "bearer") return json(404, {});
    const form = new URLSearchParams(asked.body.toString("utf8"));
    const post = asked.method === "POST";
    if (post && options.identityToken === undefined) return json(404, {});
    const scopes = post ? (form.get("scope") ?? "").split(" ") : asked.url.searchParams.getAll("scope");
    const known = post
      ? form.get("refresh_token") === options.identityToken
      : asked.headers["authorization"] === basic(options);
    const anonymous = !post && asked.headers["authorization"] === undefined && options.anonymousPull === true;
    if (!known && !anonymous)
      return json(401, { errors: [{ code: "UNAUTHORIZED", message: "wrong login" }] });
    const token = randomBytes(12).toString("hex");
    const seconds = options.seconds ?? 300;
    const given = anonymous ? scopes.map((scope) => scope.replace(/:[a-z,]+$/, ":pull")) : scopes;
    this.#tokens.set(token, { scopes: given, expires: Date.now() + seconds * 1000 });
    const expiry = options.sayExpiry === false ? {} : { expires_in: seconds };
    return json(200, post ? { access_token: token, ...expiry } : { token, ...expiry });
  }
}

function basic(options: { readonly user: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${options.user}:${options.password}`).toString("base64")}`;
}

function refused(challenge: string): Reply {
  const reply = json(401, { errors: [{ code: "UNAUTHORIZED", message: "authentication required" }] });
  return { ...reply, headers: { ...reply.headers, "www-authenticate": challenge } };
}

function scopeOf(asked: Asked): string | undefined {
  const name = new RegExp(`^/v2/${NAME}/(?:manifests|blobs|tags|referrers)/`).exec(asked.url.pathname)?.[1];
  if (name === undefined) return undefined;
  if (asked.method === "DELETE") return `repository:${name}:delete`;
  const reading = asked.method === "GET" || asked.method === "HEAD";
  return `repository:${name}:${reading ? "pull" : "pull,push"}`;
}

function allows(granted: readonly string[], wanted: string): boolean {
  const [, name, actions = ""] = wanted.split(":");
  return actions.split(",").every((action) =>
    granted.some((scope) => {
      const [, grantedName, grantedActions = ""] = scope.split(":");
      return grantedName === name && grantedActions.split(",").includes(action);
    }),
  );
}

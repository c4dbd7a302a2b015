import type { Credential, CredentialSource, FoundCredential } from "../credentials/credential.ts";
import { type Challenge, parseChallenges } from "./challenge.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Scope } from "./scope.ts";
import { basicHeader, fetchToken, type Token, type TokenContext } from "./token.ts";

export interface AuthorizerContext extends TokenContext {
  readonly credentials: CredentialSource;
}

/**
 * The login of one host: what it asked for, and the tokens it gave. Nothing is sent before the host has asked, so that
 * an open registry costs no look-up; after that each request carries its header at once.
 */
export class Authorizer {
  readonly #context: AuthorizerContext;
  readonly #endpoint: Endpoint;
  readonly #tokens = new Map<string, Promise<Token>>();
  #challenge: Challenge | undefined;
  #found: Promise<FoundCredential | undefined> | undefined;

  constructor(context: AuthorizerContext, endpoint: Endpoint) {
    this.#context = context;
    this.#endpoint = endpoint;
  }

  /** The Authorization header for these scopes by what is known so far, or undefined. */
  async header(scopes: readonly Scope[], signal?: AbortSignal): Promise<string | undefined> {
    const challenge = this.#challenge;
    if (challenge === undefined) return undefined;
    const credential = await this.#credential(signal);
    if (credential?.kind === "bearer") return `Bearer ${credential.token.reveal()}`;
    if (challenge.scheme === "basic") {
      return credential?.kind === "password" ? basicHeader(credential) : undefined;
    }
    const token = await this.#token({ challenge, scopes, credential, signal });
    return `Bearer ${token.value.reveal()}`;
  }

  /** Has anyone a login for this host? Decides what a 401 means. */
  async hasCredential(signal?: AbortSignal): Promise<boolean> {
    return (await this.#credential(signal)) !== undefined;
  }

  /**
   * Takes in the challenge of a 401. True where another try has a chance: something was learned, or the token that was
   * used is thrown away now (`used` is the header that was sent).
   */
  learn(header: string | undefined, scopes: readonly Scope[], used: string | undefined): boolean {
    const challenges = parseChallenges(header ?? "");
    // A server may offer both; a token is the lesser thing to give away.
    const wanted =
      challenges.find((each) => each.scheme === "bearer" && each.parameters.has("realm")) ??
      challenges.find((each) => each.scheme === "basic");
    if (wanted === undefined) return false;
    this.#challenge = wanted;
    if (used === undefined) return true;
    return wanted.scheme === "bearer" && this.#tokens.delete(keyOf(scopes));
  }

  async #credential(signal: AbortSignal | undefined): Promise<Credential | undefined> {
    this.#found ??= this.#context.credentials.find(this.#endpoint.host, signal);
    try {
      return (await this.#found)?.credential;
    } catch (error) {
      // A helper that failed once may be asked again by the next request.
      this.#found = undefined;
      throw error;
    }
  }

  async #token(asked: {
    readonly challenge: Challenge;
    readonly scopes: readonly Scope[];
    readonly credential: Credential | undefined;
    readonly signal: AbortSignal | undefined;
  }): Promise<Token> {
    const key = keyOf(asked.scopes);
    const known = this.#tokens.get(key);
    if (known !== undefined) {
      const token = await known.catch(() => undefined);
      if (token !== undefined && token.expires > this.#context.time.clock()) return token;
      if (this.#tokens.get(key) === known) this.#tokens.delete(key);
    }
    // One flight for all who want the same scopes. It is not tied to the signal of the one who happens to be first.
    let flight = this.#tokens.get(key);
    if (flight === undefined) {
      const { signal: _, ...request } = asked;
      flight = fetchToken(this.#context, { ...request, endpoint: this.#endpoint });
      flight.catch(() => this.#tokens.delete(key));
      this.#tokens.set(key, flight);
    }
    const token = await flight;
    asked.signal?.throwIfAborted();
    return token;
  }
}

function keyOf(scopes: readonly Scope[]): string {
  return [...scopes].sort().join(" ");
}

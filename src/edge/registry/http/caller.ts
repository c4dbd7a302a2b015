import { RegistryError } from "../error.ts";
import { errorOfAnswer } from "./api-error.ts";
import { Authorizer, type AuthorizerContext } from "./authorizer.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Answer, Exchange } from "./exchange.ts";
import { Limiter, type LimiterOptions } from "./limiter.ts";
import { follow } from "./redirect.ts";
import { createRetryBudget, type RetryBudget, type RetryPolicy, retrying } from "./retry.ts";
import type { Scope } from "./scope.ts";

/** One thing that is asked of a registry. */
export interface Call {
  readonly endpoint: Endpoint;
  readonly method: string;
  /** Below the endpoint's `/v2/`, or a whole URL that the registry gave (an upload session, a next page). */
  readonly at: string | URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly content?: Exchange["content"];
  readonly scopes: readonly Scope[];
  /** For people, in errors: "the manifest of x". */
  readonly what: string;
  readonly signal?: AbortSignal | undefined;
  /** Uploads wait in a line of their own: their source may be a download, which must not wait for them. */
  readonly line?: "upload";
}

export interface CallerOptions extends AuthorizerContext {
  readonly userAgent: string;
  readonly retry: RetryPolicy;
  readonly limit: LimiterOptions;
}

const UPLOADS: LimiterOptions = { start: 4, ceiling: 6 };

interface HostState {
  readonly authorizer: Authorizer;
  readonly requests: Limiter;
  readonly uploads: Limiter;
}

/** Login, limits, redirects and retries around each exchange: the one way to a registry. */
export class Caller {
  readonly #options: CallerOptions;
  readonly #hosts = new Map<string, HostState>();

  constructor(options: CallerOptions) {
    this.#options = options;
  }

  get insecure(): readonly string[] {
    return this.#options.insecure;
  }

  budget(): RetryBudget {
    return createRetryBudget(this.#options.retry, this.#options.time);
  }

  /** Asks, and gives the answer to `use`, again while failures are temporary. `use` must consume or discard the body. */
  call<T>(call: Call, use: (answer: Answer) => Promise<T>): Promise<T> {
    return retrying(this.budget(), call.signal, () => this.once(call, use));
  }

  /** As `call`, but a single try. The slot is held until `use` is through. */
  async once<T>(call: Call, use: (answer: Answer) => Promise<T>): Promise<T> {
    const host = this.#host(call.endpoint);
    const limiter = call.line === "upload" ? host.uploads : host.requests;
    await limiter.acquire(call.signal);
    try {
      const answer = await this.#authorized(call, host.authorizer);
      const throttled = answer.status === 429 || answer.status === 503;
      limiter.report({ throttled, latencyMs: answer.latencyMs });
      return await use(answer);
    } finally {
      limiter.release();
    }
  }

  /** The error that an unexpected answer stands for. Reads the body. */
  async failure(call: Call, answer: Answer): Promise<RegistryError> {
    const question = { what: `${call.method} ${call.what}`, host: call.endpoint.host };
    const error = await errorOfAnswer(answer, { ...question, now: this.#options.time.clock() });
    if (answer.status !== 401) return error;
    if (!(await this.#host(call.endpoint).authorizer.hasCredential(call.signal))) return error;
    // The login was taken, and the answer is still no: it is not enough, or it is not (or no longer) right.
    return new RegistryError("REGISTRY_UNAUTHORIZED", `${error.message} (with the login that was found)`, {
      details: error.details,
      hint: `docker login ${call.endpoint.host}, as a user who may do this`,
    });
  }

  async #authorized(call: Call, authorizer: Authorizer): Promise<Answer> {
    for (let round = 0; ; round++) {
      const authorization = await authorizer.header(call.scopes, call.signal);
      const answer = await this.#send(call, authorization);
      if (answer.status !== 401 || round > 1) return answer;
      // A foreign place (a storage behind a redirect) has no say in how we log in.
      if (answer.url.origin !== call.endpoint.origin) return answer;
      if (!authorizer.learn(answer.headers["www-authenticate"], call.scopes, authorization)) return answer;
      if ((await authorizer.header(call.scopes, call.signal)) === authorization) return answer;
      await answer.discard();
    }
  }

  #send(call: Call, authorization: string | undefined): Promise<Answer> {
    const { origin } = call.endpoint;
    const url = typeof call.at === "string" ? new URL(call.at, call.endpoint.base) : call.at;
    const headers: Record<string, string> = { "user-agent": this.#options.userAgent, ...call.headers };
    if (authorization !== undefined && url.origin === origin) headers["authorization"] = authorization;
    const { method, signal, content } = call;
    const exchange = { method, url, headers, signal, ...(content === undefined ? {} : { content }) };
    return follow(exchange, { ...this.#options, origin });
  }

  #host(endpoint: Endpoint): HostState {
    const key = endpoint.base.host;
    const known = this.#hosts.get(key);
    if (known !== undefined) return known;
    const state: HostState = {
      authorizer: new Authorizer(this.#options, endpoint),
      requests: new Limiter(this.#options.limit),
      uploads: new Limiter(UPLOADS),
    };
    this.#hosts.set(key, state);
    return state;
  }
}

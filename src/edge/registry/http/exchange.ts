import type { IncomingHttpHeaders } from "node:http";

/** One HTTP request, whole: no redirect, no login, no second try. */
export interface Exchange {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Called once per send. A stream's length must be in the headers. */
  readonly content?: Uint8Array | (() => AsyncIterable<Uint8Array>);
  readonly signal?: AbortSignal | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly url: URL;
  /** Milliseconds from sending to these headers. */
  readonly latencyMs: number;
  /** The body, once. A cut connection is a temporary RegistryError. */
  body(): AsyncIterable<Buffer>;
  /** Lets the body run off, and resolves when the connection can be used again. A long body is cut instead. */
  discard(): Promise<void>;
  /** Resolves when nothing more of this exchange will come; its connection is then back among the idle ones. */
  readonly over: Promise<void>;
  /** Gives the connection up. */
  cut(): void;
}

export interface Timeouts {
  readonly connectMs: number;
  readonly headersMs: number;
  readonly idleMs: number;
}

export const DEFAULT_TIMEOUTS: Timeouts = { connectMs: 15_000, headersMs: 60_000, idleMs: 60_000 };

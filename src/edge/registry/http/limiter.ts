import { WaitingLine } from "./waiting-line.ts";

export interface LimiterOptions {
  readonly start: number;
  readonly ceiling: number;
}

/** How an exchange went, as far as the limit cares. */
export interface Outcome {
  readonly throttled: boolean;
  /** Milliseconds until the answer's headers. */
  readonly latencyMs: number;
}

// An answer that takes this many times the fastest seen means: the server is busy, more in flight only queues there.
const BUSY_FACTOR = 2;
// A server that has answered this fast (milliseconds) is near: the start is enough for it, and it is bound by its CPU.
const NEAR_MS = 10;

/**
 * Adaptive limit of exchanges in flight to one host. It starts small, since registries throttle bursts (GHCR answers
 * 429 to ten calls within 3 ms); grows by one for each answer while answers stay fast, until the first throttle; then
 * by one per window. Halved, at most once per window, on 429 and 503. It does not grow for a server on loopback, where
 * each more connection costs time and wins none (148 HEADs: 32 connections instead of 8 took a fifth longer).
 */
export class Limiter {
  readonly #ceiling: number;
  readonly #line = new WaitingLine();
  #limit: number;
  #active = 0;
  #answers = 0;
  #credit = 0;
  #throttled = false;
  #untilNextCut = 0;
  #fastest = Infinity;

  constructor(options: LimiterOptions) {
    this.#limit = Math.max(1, Math.min(options.start, options.ceiling));
    this.#ceiling = options.ceiling;
  }

  get limit(): number {
    return this.#limit;
  }

  /** Waits for a slot. Whoever takes one must release it. */
  async acquire(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.#active < this.#limit) {
      this.#active++;
      return;
    }
    await this.#line.wait(signal);
  }

  release(): void {
    this.#active--;
    this.#admit();
  }

  report({ throttled, latencyMs }: Outcome): void {
    this.#untilNextCut--;
    if (throttled) {
      this.#throttled = true;
      this.#credit = 0;
      // The answers of one burst all say 429; they are one sign, not ten.
      if (this.#untilNextCut > 0) return;
      this.#untilNextCut = this.#active;
      this.#limit = Math.max(1, Math.floor(this.#limit / 2));
      return;
    }
    this.#fastest = Math.min(this.#fastest, latencyMs);
    this.#answers++;
    // The first answers bear the cost of connecting; they measure, and change nothing.
    if (this.#fastest < NEAR_MS || this.#answers <= this.#limit) return;
    if (latencyMs > this.#fastest * BUSY_FACTOR || this.#limit >= this.#ceiling) return;
    this.#credit += this.#throttled ? 1 / this.#limit : 1;
    if (this.#credit < 1) return;
    this.#credit = 0;
    this.#limit++;
    this.#admit();
  }

  #admit(): void {
    while (this.#active < this.#limit && this.#line.admit()) this.#active++;
  }
}

import { WakeUp } from "../layers/wake-up.ts";

/** Bytes that are pushed in at one end and read at the other. Who pushes waits in between, so that little is ever held. */
export class PieceChannel implements AsyncIterable<Uint8Array> {
  readonly #pieces: Uint8Array[] = [];
  readonly #came = new WakeUp();
  readonly #went = new WakeUp();
  #isEnded = false;
  #isLeft = false;

  push(piece: Uint8Array): void {
    if (this.#isLeft) return;
    this.#pieces.push(piece);
    this.#came.ring();
  }

  end(): void {
    this.#isEnded = true;
    this.#came.ring();
  }

  /** Until all that was pushed was taken, or nobody reads any more. */
  drained(): Promise<void> {
    return this.#went.until(() => this.#isLeft || this.#pieces.length === 0);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        await this.#came.until(() => this.#isEnded || this.#pieces.length > 0);
        const piece = this.#pieces.shift();
        if (piece === undefined) return;
        this.#went.ring();
        yield piece;
      }
    } finally {
      this.#isLeft = true;
      this.#pieces.length = 0;
      this.#went.ring();
    }
  }
}

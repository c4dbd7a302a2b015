/** Lets somebody sleep until what others change is as it should be; whoever changes it rings. */
export class WakeUp {
  #wake: (() => void) | undefined;

  ring(): void {
    this.#wake?.();
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await woken;
    }
  }
}

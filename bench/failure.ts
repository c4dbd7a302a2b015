/** A benchmark that cannot go on, or a side that did not do its work: no number is better than a false one. */
export class BenchFailure extends Error {
  readonly exit: 2 | 3 | 130;

  constructor(message: string, exit: 2 | 3 | 130 = 3) {
    super(message);
    this.name = "BenchFailure";
    this.exit = exit;
  }
}

import type { EpochSeconds } from "../../core/base/clock.ts";

export interface LoggedCommit {
  readonly sha: string;
  readonly epoch: EpochSeconds;
  readonly parents: readonly string[];
  /** From the top of the repository. Bytes that are no UTF-8 show as U+FFFD and so match no path of ours. */
  readonly paths: readonly string[];
}

/**
 * Reads `git log -z --name-only --format=%x00%H %ct %P` as it comes. Each commit is an empty token, the header, and its
 * paths, of which the first has a newline before it. No path is empty, so no file name can imitate a header.
 */
export class CommitReader {
  readonly #onCommit: (commit: LoggedCommit) => void;
  #rest: Buffer = Buffer.alloc(0);
  #state: "gap" | "header" | "paths" = "gap";
  #header = "";
  #paths: string[] = [];

  constructor(onCommit: (commit: LoggedCommit) => void) {
    this.#onCommit = onCommit;
  }

  write(chunk: Uint8Array): void {
    const bytes = this.#rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#rest, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, start)) {
      this.#token(bytes.toString("utf8", start, end));
      start = end + 1;
    }
    this.#rest = bytes.subarray(start);
  }

  /** Call when git has ended well: the last commit is then whole. */
  end(): void {
    this.#flush();
  }

  #token(text: string): void {
    if (this.#state === "header") {
      this.#header = text;
      this.#state = "paths";
    } else if (text === "") {
      this.#flush();
      this.#state = "header";
    } else {
      this.#paths.push(this.#paths.length === 0 && text.startsWith("\n") ? text.slice(1) : text);
    }
  }

  #flush(): void {
    if (this.#header === "") return;
    const [sha = "", epoch = "", ...parents] = this.#header.trim().split(" ");
    this.#onCommit({ sha, epoch: Number(epoch), parents, paths: this.#paths });
    this.#header = "";
    this.#paths = [];
  }
}

import type { Clock } from "../../core/base/clock.ts";
import { type EntryOf, type Head, makeEntry, serializeEntry } from "../../core/record/entry.ts";
import type { Bodies, Kind } from "../../core/record/kinds.ts";
import type { LedgerFile } from "./ledger-file.ts";

/** Does the work while no other process writes to the same ledger. */
export type Exclusive = <Result>(work: () => Promise<Result>) => Promise<Result>;

export interface AppendQueueOptions {
  readonly file: LedgerFile;
  readonly clock: Clock;
  readonly exclusive: Exclusive;
  /** The head that the last line stands for. Throws LedgerError LEDGER_BROKEN. */
  readonly headOf: (lastLine: string) => Head;
}

/** What one write takes; the rest waits for the next. */
const GROUP_BYTES = 4 * 1024 * 1024;

interface Waiting {
  /** Makes the entry after `head`; throws RecordError where the body is not as its kind says. */
  readonly make: (head: Head | undefined) => EntryOf<Kind>;
  readonly done: (entry: EntryOf<Kind>) => void;
  readonly failed: (thrown: unknown) => void;
}

/**
 * Group commit: appends that come while one group is written and synced make the next group. Each resolves when its entry
 * is on the disk, in the order in which they came; a group that fails has written nothing.
 */
export class AppendQueue {
  readonly #options: AppendQueueOptions;
  #waiting: Waiting[] = [];
  #isWriting = false;

  constructor(options: AppendQueueOptions) {
    this.#options = options;
  }

  append<K extends Kind>(kind: K, body: Bodies[K]): Promise<EntryOf<K>> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        make: (head) => makeEntry(head, { time: this.#options.clock(), kind, body }),
        // It is what `make` made.
        done: (entry) => resolve(entry as EntryOf<K>),
        failed: reject,
      });
      if (!this.#isWriting) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#isWriting = true;
    // Whoever else appends in this turn of the loop comes along.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#writeGroup();
    this.#isWriting = false;
  }

  async #writeGroup(): Promise<void> {
    const { exclusive, file, headOf } = this.#options;
    const made: { readonly entry: EntryOf<Kind>; readonly from: Waiting }[] = [];
    try {
      await exclusive(() =>
        file.append((lastLine) => {
          let head = lastLine === undefined ? undefined : headOf(lastLine);
          let text = "";
          const group = this.#waiting;
          this.#waiting = [];
          for (const [index, from] of group.entries()) {
            if (text.length > GROUP_BYTES) {
              this.#waiting = group.slice(index);
              break;
            }
            const entry = attempt(from, head);
            if (entry === undefined) continue;
            made.push({ entry, from });
            text += `${serializeEntry(entry)}\n`;
            head = entry;
          }
          return text;
        }),
      );
    } catch (thrown) {
      // Without a group that was made (no lock, a broken file), it meets all who wait.
      const refused = made.length > 0 ? made.map(({ from }) => from) : this.#waiting.splice(0);
      for (const { failed } of refused) failed(thrown);
      return;
    }
    for (const { entry, from } of made) from.done(entry);
  }
}

function attempt({ make, failed }: Waiting, head: Head | undefined): EntryOf<Kind> | undefined {
  try {
    return make(head);
  } catch (thrown) {
    failed(thrown);
    return undefined;
  }
}

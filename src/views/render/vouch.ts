import { shortDigest } from "../../core/base/digest.ts";
import type { CheckpointBody } from "../../core/record/checkpoint.ts";
import { printable } from "./printable.ts";

interface MadeCheckpoint {
  readonly state: "made" | "unchanged";
  readonly checkpoint: CheckpointBody;
  readonly files: { readonly checkpoints: string; readonly keys: string };
  readonly note: string | undefined;
}

interface Witnessing {
  readonly file: string;
  readonly keys: string;
  readonly ledgers: readonly {
    readonly name: string;
    readonly checkpoint: CheckpointBody;
    readonly state: "signed" | "unchanged";
    readonly isFirst: boolean;
  }[];
  readonly note: string | undefined;
}

const KEY_DIGITS = 16;

export function renderCheckpoint({ state, checkpoint, files, note }: MadeCheckpoint): string {
  const what = `entry ${checkpoint.seq}, head ${shortDigest(checkpoint.hash)}, key ${shortDigest(checkpoint.key, KEY_DIGITS)}`;
  const done =
    state === "made" ? `signed: ${what}` : `unchanged: signed already at ${checkpoint.time}: ${what}`;
  return `${done}\n  commit ${files.checkpoints} and ${files.keys}\n${noteLine(note)}`;
}

export function renderWitness({ file, keys, ledgers, note }: Witnessing): string {
  const lines = ledgers.map(({ name, checkpoint, state, isFirst }) => {
    const known = isFirst
      ? "; seen for the first time, so compared with nothing"
      : "; continues what was witnessed before";
    const done = state === "signed" ? "witnessed" : "unchanged, witnessed already";
    return `${done}: ${name}, entry ${checkpoint.seq} of ${checkpoint.time}${known}`;
  });
  return printable(`${lines.join("\n")}\n  commit ${file} and ${keys}\n${noteLine(note)}`);
}

function noteLine(note: string | undefined): string {
  return note === undefined
    ? ""
    : `  note on ${note.slice(0, 12)}: git push REMOTE refs/notes/lapstrake takes it along\n`;
}

import type { TrivyOutput } from "./run-trivy.ts";

const MAX_SAID = 240;
/** ESC, `[`, numbers, a letter. */
const COLOUR = /\p{Cc}\[[0-9;]*[A-Za-z]/gu;

/** How a run failed, as the end of a sentence; undefined where it ended well. The exit code is believed in this alone. */
export function failureOf({ record, stdout }: TrivyOutput, timeout: number): string | undefined {
  if (stdout === undefined) return "printed more than a report can have, and was ended";
  switch (record.outcome) {
    case "ok":
      return undefined;
    case "timed-out":
      return `did not end within ${Math.round(timeout / 1000)} seconds`;
    case "killed":
      return `was ended by ${record.signal ?? "a signal"}`;
    case "cancelled":
      return "was cancelled";
    case "not-found":
      return "could not be started";
    case "failed":
      return `ended with ${record.exitCode ?? "no code"}${saidBy(record.stderr)}`;
  }
}

/** Its last words that are no progress: where it fails, the last line says why. */
function saidBy(stderr: string): string {
  const lines = stderr
    .replaceAll(COLOUR, "")
    .split("\n")
    .map((line) => line.replaceAll(/[\s\p{C}]+/gu, " ").trim())
    .filter((line) => line !== "");
  const last = lines.findLast((line) => /\b(?:FATAL|ERROR)\b/.test(line)) ?? lines.at(-1) ?? "";
  const plain = last.replace(/^\S+ (?=FATAL|ERROR)/, "");
  return plain === "" ? "" : `: ${plain.slice(0, MAX_SAID)}`;
}

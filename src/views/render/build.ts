import type { ImageFailure } from "../../core/base/build-event.ts";
import type { ImageOutcome } from "../../core/plan/outcome.ts";
import { formatMs } from "./progress-text.ts";
import { renderTable } from "./table.ts";

/** What the build of a plan came to, as far as it is shown. */
export interface BuildView {
  readonly outcomes: ReadonlyMap<string, ImageOutcome>;
  readonly exit: number;
}

/** One line an image: how it ended, its digest, and why not where it did not; then what mends it. */
export function renderBuild({ outcomes }: BuildView): string {
  if (outcomes.size === 0) return "nothing to build\n";
  const all = [...outcomes.values()];
  const rows = [...outcomes].map(([name, outcome]) => [name, outcome.state, ...detail(outcome)]);
  const hints = remedies(all).map((hint) => `  hint: ${hint}`);
  const again = all.some(({ state }) => state === "cancelled")
    ? ["  hint: the same command goes on from here"]
    : [];
  return `${[renderTable(rows), "", countOutcomes(all), ...hints, ...again].join("\n")}\n`;
}

export function buildJson({ outcomes, exit }: BuildView): unknown {
  return {
    version: 1,
    exit,
    images: [...outcomes].map(([name, outcome]) => {
      if (outcome.state !== "built" && outcome.state !== "reused") return { name, ...outcome };
      const { state, digest, identified, ms } = outcome;
      return { name, state, digest, identity: identified.id, contentName: identified.contentName, ms };
    }),
  };
}

function detail(outcome: ImageOutcome): string[] {
  switch (outcome.state) {
    case "built":
      return [outcome.digest, formatMs(outcome.ms)];
    case "reused":
      return [outcome.digest];
    case "failed":
      return [whereOrWhy(outcome.failure)];
    case "blocked":
      return [`by ${outcome.by}`];
    case "unavailable":
      return [outcome.why];
    case "cancelled":
      return [];
  }
}

/** The place where there is one: its line and last words were told with the progress. */
function whereOrWhy({ reason, message, dockerfileLine: at }: ImageFailure): string {
  return at?.file === undefined ? `${reason}: ${message}` : `${reason} at ${at.file}:${at.line}`;
}

/** Reasons that are not in a Dockerfile; what a Dockerfile does wrong is shown with its line. */
const REMEDIES: Readonly<Record<string, string>> = {
  "engine-lost":
    "the engine went away; `scripts/engine status` tells its state, `scripts/engine up` starts it",
  killed:
    "something ended buildx: the kernel where memory was short (`dmesg` tells), or a person; run the same command again",
  "not-started": "no build began; `scripts/engine up` starts the engine, `lapstrake doctor` looks at it",
  "disk-full": "the engine's disk is full; `lapstrake doctor` shows the space and what frees some",
  "push-failed": "the registry took no push; `lapstrake doctor` looks at the registry and the login",
  "push-unproven": "the registry does not hold what was pushed; `lapstrake doctor` looks at it",
  "source-missing": "a base image or a remote file cannot be had; `lapstrake doctor` looks at each root",
  "secret-missing": "name where the secret comes from under `secrets` of the image in the blueprint",
  NO_SPACE: "the disk of the state folder is full; free some space and run the same command again",
  unsupported: "the engine or its buildx lacks something; `lapstrake doctor` names it",
};

function remedies(outcomes: readonly ImageOutcome[]): readonly string[] {
  const reasons = outcomes.flatMap((outcome) => (outcome.state === "failed" ? [outcome.failure.reason] : []));
  const hints = reasons.flatMap((reason) =>
    reason.startsWith("REGISTRY_")
      ? "`lapstrake doctor` looks at the registry and the login"
      : (REMEDIES[reason] ?? []),
  );
  return [...new Set(hints)];
}

/** `3 built, 1 failed`, in a fixed order. */
function countOutcomes(outcomes: readonly ImageOutcome[]): string {
  const states = ["built", "reused", "failed", "blocked", "cancelled", "unavailable"] as const;
  return states
    .map((state) => [outcomes.filter((outcome) => outcome.state === state).length, state] as const)
    .filter(([count]) => count > 0)
    .map(([count, state]) => `${count} ${state}`)
    .join(", ");
}

import type { GateOutcome, GateVerdict, ScannedImage, ScanReport } from "../../core/policy/gates/gate.ts";
import { counted } from "./inventory-cells.ts";
import { listOf } from "./scan-cells.ts";

/** An image whose own gates let it pass is not released where an ancestor is not: it is not shown as good. */
export type ShownOutcome = GateOutcome | "blocked";

/** As people want to read them: what they can act on first. */
export const SHOWN_OUTCOMES: readonly ShownOutcome[] = [
  "denied",
  "error",
  "unknown",
  "blocked",
  "waived",
  "passed",
];

export const OUTCOME_MARK: Readonly<Record<ShownOutcome, string>> = {
  denied: "✗",
  error: "!",
  unknown: "?",
  blocked: "⊘",
  waived: "~",
  passed: "✓",
};

export const OUTCOME_MEANING: Readonly<Record<ShownOutcome, string>> = {
  denied: "a gate found something that the policy denies",
  error: "a gate broke, so nobody knows; it blocks",
  unknown: "a gate could not tell; it blocks",
  blocked: "its own gates let it pass, and an image that it is built on is not released",
  waived: "what would be denied has a waiver that holds",
  passed: "every gate looked and found nothing that the policy denies",
};

/** Of an image that no gate judged nothing is known. */
export function shownOutcome({ outcome, verdicts, blockedBy }: ScannedImage): ShownOutcome {
  const isGood = outcome === "passed" || outcome === "waived";
  if (isGood && verdicts.length === 0) return "unknown";
  return isGood && blockedBy !== undefined ? "blocked" : outcome;
}

export interface FleetOutcome {
  readonly outcome: GateOutcome;
  /** Why it is not better, or what it rests on; one sentence each. */
  readonly why: readonly string[];
}

/** The outcome of the whole; what speaks against a good one turns it into unknown. */
export function fleetOutcome(report: ScanReport): FleetOutcome {
  const { outcome, images } = report;
  const doubts = doubtsOf(report);
  const isGood = outcome === "passed" || outcome === "waived";
  return {
    outcome: isGood && doubts.length > 0 ? "unknown" : outcome,
    why: [
      ...(images.length === 0 ? [] : [`${counted(images.length, "image")}: ${countText(images)}`]),
      ...doubts,
      ...limitsOf(report),
    ],
  };
}

/** What keeps a good outcome from being believed. */
function doubtsOf({ images, left, canaries }: ScanReport): readonly string[] {
  const lacking = left.filter(({ asked }) => asked).length;
  const dead = canaries.filter(({ alive }) => !alive);
  const gates = [...new Set(dead.map(({ gate }) => gate))];
  return [
    ...(images.length === 0 ? ["no image was judged"] : []),
    ...(lacking === 0 ? [] : [`${counted(lacking, "image")} could not be judged`]),
    ...(canaries.length === 0 ? ["no canary was planted, so nothing shows that a gate can go red"] : []),
    ...(dead.length === 0
      ? []
      : [
          `${dead.length === 1 ? "1 canary did not do what it must" : `${dead.length} canaries did not do what they must`}, so the green of ${listOf(gates)} counts for nothing`,
        ]),
  ];
}

/** What an outcome says nothing of, and was not to say. */
function limitsOf({ left, off }: ScanReport): readonly string[] {
  const others = left.filter(({ asked }) => !asked).length;
  return [
    ...(others === 0 ? [] : [`${counted(others, "image")} not scanned`]),
    ...(off.length === 0
      ? []
      : [`${counted(off.length, "gate")} off: ${listOf(off.map(({ gate }) => gate))}`]),
  ];
}

/** `3 denied, 1 unknown, 70 passed`. */
export function countText(images: readonly ScannedImage[]): string {
  const shown = images.map(shownOutcome);
  return SHOWN_OUTCOMES.flatMap((outcome) => {
    const count = shown.filter((each) => each === outcome).length;
    return count === 0 ? [] : [`${count} ${outcome}`];
  }).join(", ");
}

/** Why an image is what it is, on one line: what each gate says that did not pass. */
export function whyText(image: ScannedImage): string {
  const { verdicts, blockedBy } = image;
  const blocked = blockedBy === undefined ? [] : [`built on ${blockedBy}, which is not released`];
  const reasons = notPassed(image).map(({ gate, reason }) => `${gate}: ${reason}`);
  if (verdicts.length === 0) return ["no gate judged it", ...blocked].join("; ");
  if (reasons.length + blocked.length > 0) return [...reasons, ...blocked].join("; ");
  const notes = verdicts.reduce((sum, { findings }) => sum + findings.length, 0);
  return `${counted(verdicts.length, "gate")} passed${notes === 0 ? "" : `, ${counted(notes, "note")}`}`;
}

/** The verdicts that are not simply good, what people can act on first. */
export function notPassed({ verdicts }: ScannedImage): readonly GateVerdict[] {
  return SHOWN_OUTCOMES.flatMap((outcome) =>
    outcome === "passed" ? [] : verdicts.filter((verdict) => verdict.outcome === outcome),
  );
}

export function isGreen(image: ScannedImage): boolean {
  return shownOutcome(image) === "passed";
}

import type { DocumentFinding } from "../phase-state.ts";
import { untickedOf } from "./check-ticks.ts";
import { type AcceptedGap, type Decision, parseDecision } from "./decision.ts";
import { gapsOf } from "./gaps.ts";
import { saidIn } from "./human-text.ts";
import { lookOf } from "./look-alike.ts";
import { isPlaceholder } from "./placeholder.ts";
import { finding, placeOf, show, type Verification } from "./verification.ts";
import { countWords, SENTENCE_WORDS, wordsOf } from "./words.ts";

const FORM = "write `Decision: approved` or `Decision: not approved` on a line of its own";

/** The guide repeats a phase below this (percent). */
const CONFIDENCE = 90;

/** There is one decision, and where it approves, it names what is not proven. */
export function checkDecision(verification: Verification): readonly DocumentFinding[] {
  const place = placeOf(verification.found, "decision");
  // Where nobody wrote a decision yet, that is told already.
  if (place === undefined || saidIn(place, { code: "drop" }).some(({ text }) => isPlaceholder(text)))
    return [];
  const decision = parseDecision(saidIn(place, { code: "keep" }));
  return [
    ...checkValue(decision, place.line),
    ...openGaps(verification, decision),
    ...decision.accepted.flatMap((gap) => checkAccepted(verification, gap)),
    ...decision.confidence
      .filter(({ percent }) => percent < CONFIDENCE)
      .map(({ line, percent }) =>
        finding(
          "confidence",
          line,
          `a confidence of ${percent}% is below the ${CONFIDENCE}% that the guide asks for`,
        ),
      ),
  ];
}

function checkValue({ values }: Decision, line: number): readonly DocumentFinding[] {
  const [first, ...more] = values;
  if (first === undefined) return [finding("decision-missing", line, "nothing is decided", FORM)];
  const value = first.text.toLowerCase();
  const other = more.find(({ text }) => text.toLowerCase() !== value);
  if (other !== undefined) {
    return [finding("decision-twice", other.line, "two decisions are written, and they differ", FORM)];
  }
  if (value === "approved") return [];
  if (value === "not approved") {
    return [finding("decision-against", first.line, "the decision is not to approve: the gate stays closed")];
  }
  const looks = lookOf(value);
  const like = looks === "approved" || looks === "not approved" ? `, which only looks like "${looks}"` : "";
  return [finding("decision-unclear", first.line, `the decision is "${show(first.text)}"${like}`, FORM)];
}

/** What is not proven and not accepted, where the decision approves nevertheless. */
function openGaps({ subject }: Verification, { values, accepted }: Decision): readonly DocumentFinding[] {
  const approval = values.find(({ text }) => text.toLowerCase() === "approved");
  if (subject.kind !== "postreview" || approval === undefined) return [];
  const named = new Set(accepted.map(({ key }) => key));
  return gapsOf(subject.state)
    .filter(({ key }) => !named.has(key))
    .map(({ key, reason }) =>
      finding(
        "decision-gap",
        approval.line,
        `the decision approves while ${key} is not proven: ${show(reason)}`,
        `close the gap, or accept it in a line: Accepted gap ${key}: why`,
      ),
    );
}

function checkAccepted(
  verification: Verification,
  { line, key, why }: AcceptedGap,
): readonly DocumentFinding[] {
  const { subject } = verification;
  const gaps = subject.kind === "postreview" ? [...gapsOf(subject.state), ...untickedOf(verification)] : [];
  if (!gaps.some((gap) => gap.key === key)) {
    return [finding("gap-unknown", line, `"${show(key)}" is no gap of this document`, "drop the line")];
  }
  if (countWords(wordsOf(why)) >= SENTENCE_WORDS) return [];
  return [
    finding("gap-unreasoned", line, `the gap ${key} is accepted without a reason of at least a sentence`),
  ];
}

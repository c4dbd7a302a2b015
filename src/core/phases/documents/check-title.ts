import type { DocumentFinding } from "../phase-state.ts";
import { compareText, describeDifference } from "./compare-text.ts";
import { titleOf } from "./subject.ts";
import { finding, show, type Verification } from "./verification.ts";

const TITLE = /^Phase (\S+) (Post-Review|Pre-Analysis) - (\S+)$/;

/** The title says what the document is: of which phase, which kind, which plan. */
export function checkTitle({ subject, found, lines }: Verification): readonly DocumentFinding[] {
  const expected = titleOf(subject);
  const heading = found.parts.find((part) => part.heading?.level === 1)?.heading;
  if (heading === undefined) {
    const first = lines.findIndex((line) => line.trim() !== "") + 1;
    return [finding("title", Math.max(1, first), `the title is missing: "# ${expected}"`)];
  }
  const { text, line } = heading;
  const difference = compareText(expected, text);
  if (difference === undefined) return [];
  const [, phase, kind, plan] = TITLE.exec(text) ?? [];
  const [, ownPhase, ownKind, ownPlan] = TITLE.exec(expected) ?? [];
  if (!difference.looksSame && plan !== undefined) {
    if (plan !== ownPlan)
      return [finding("other-plan", line, `the document is of plan ${show(plan)}, not of ${ownPlan}`)];
    if (kind !== ownKind) return [finding("other-kind", line, `the document is a ${kind}, not a ${ownKind}`)];
    if (phase !== ownPhase) {
      return [
        finding(
          "other-phase",
          line,
          `the document is of phase ${show(phase ?? "")}, not of phase ${ownPhase}`,
        ),
      ];
    }
  }
  return [finding("title", line, `the title is not "${expected}": ${describeDifference(difference)}`)];
}

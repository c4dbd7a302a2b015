import type { ImageVerdict, VerdictsFacts } from "../../../core/phases/rules/verdicts.ts";
import type { HeldImage, Today } from "../../../core/phases/today.ts";
import type { Verdict } from "../../../core/policy/verdict.ts";
import type { Collected } from "../collectors.ts";
import { asFacts } from "./as-facts.ts";

/** The verdicts of one image of the release. */
export interface JudgedImage {
  readonly image: string;
  readonly verdicts: readonly Verdict[];
}

/** What another command judges image by image, as the facts of a rule. */
export function verdictFacts(
  { release }: Pick<Today, "release">,
  held: readonly HeldImage[],
  judged: readonly JudgedImage[],
): Pick<Collected, "facts"> {
  const facts: VerdictsFacts = {
    release: release?.tag ?? null,
    asked: held.map(({ name, digest }) => ({ image: name, digest })),
    verdicts: judged.flatMap(({ image, verdicts }) => verdicts.map((verdict) => lineOf(image, verdict))),
  };
  return { facts: asFacts(facts) };
}

function lineOf(image: string, { rule, subject, outcome, reasons }: Verdict): ImageVerdict {
  const said = reasons.map(({ message }) => message).join("; ");
  return { image, rule, outcome, reason: subject.name === image ? said : `${subject.name}: ${said}` };
}

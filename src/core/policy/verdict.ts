import type { Digest } from "../base/digest.ts";
import type { SourcePosition } from "../base/error.ts";
import type { Finding } from "../base/finding.ts";

/** `unknown`: it could not be told. Never good news, and never shown as such. */
export type Outcome = "holds" | "fails" | "unknown";

/** Why an outcome is what it is: one line, and the place or the content that it is about. */
export interface Reason {
  /** Tells the kinds of one rule apart, by a name that stays; without it the rule's own name says it. */
  readonly id?: string;
  readonly message: string;
  /** In the image, plain. */
  readonly path?: string;
  readonly at?: SourcePosition;
  readonly digest?: Digest;
  /** The command or edit that mends it. */
  readonly hint?: string;
}

/** What a verdict is about. `digest` says which very content was judged. */
export interface Subject {
  readonly kind: "lock" | "image";
  /** The path of a lock, the name of an image. */
  readonly name: string;
  /** Of a rule about a lock in one image: that image. */
  readonly image?: string;
  readonly digest?: Digest;
}

/** Something that a verdict was made of: where its digest changes, the verdict is stale. */
export interface VerdictInput {
  readonly name: string;
  readonly digest: Digest;
}

/**
 * What a rule says of a subject. Plain data: `JSON.stringify` is its documented form, and the same facts give the same
 * verdict. The reasons explain the outcome: those that failed where it fails, what is not known where it is unknown, and
 * what was seen where it holds.
 */
export interface Verdict {
  /** A stable kebab-case name: `lock-hashes`, `image-user`. */
  readonly rule: string;
  readonly subject: Subject;
  readonly outcome: Outcome;
  readonly reasons: readonly Reason[];
  readonly inputs: readonly VerdictInput[];
}

/** What a rule saw, before it is weighed. */
export interface Observations {
  readonly fails?: readonly Reason[];
  readonly unknown?: readonly Reason[];
  /** What was looked at and found good. */
  readonly holds: Reason;
}

/** One failure fails it; otherwise one thing that is not known leaves it unknown. */
export function verdictOf(
  about: Pick<Verdict, "rule" | "subject" | "inputs">,
  { fails = [], unknown = [], holds }: Observations,
): Verdict {
  const [outcome, reasons]: readonly [Outcome, readonly Reason[]] =
    fails.length > 0 ? ["fails", fails] : unknown.length > 0 ? ["unknown", unknown] : ["holds", [holds]];
  const { rule, subject, inputs } = about;
  return { rule, subject, outcome, reasons, inputs };
}

/** One failing makes all fail; otherwise one unknown leaves all unknown. Of no verdicts at all nothing is known. */
export function worstOutcome(verdicts: readonly Pick<Verdict, "outcome">[]): Outcome {
  if (verdicts.some(({ outcome }) => outcome === "fails")) return "fails";
  return verdicts.length === 0 || verdicts.some(({ outcome }) => outcome === "unknown") ? "unknown" : "holds";
}

/** A verdict as `check` tells it: each reason is a finding; one that holds has none. */
export function findingsOf({ rule, subject, outcome, reasons }: Verdict): readonly Finding[] {
  if (outcome === "holds") return [];
  return reasons.map(({ message, at, hint }) => ({
    rule,
    level: outcome === "fails" ? "error" : "warning",
    message: [
      ...aboutWords(subject, at?.file),
      ...(outcome === "unknown" ? ["not verified"] : []),
      message,
    ].join(": "),
    ...(at === undefined ? {} : { at }),
    ...(hint === undefined ? {} : { hint }),
  }));
}

/** What the place of a finding does not say already. */
function aboutWords({ name, image }: Subject, file: string | undefined): readonly string[] {
  if (name === file) return image === undefined ? [] : [image];
  return [image === undefined ? name : `${name} in ${image}`];
}

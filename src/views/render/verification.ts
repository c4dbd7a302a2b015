import { isDigest, shortDigest } from "../../core/base/digest.ts";
import { formatPosition } from "../../core/base/error.ts";
import { type Verdict, worstOutcome } from "../../core/policy/verdict.ts";
import { printable } from "./printable.ts";
import { renderTable } from "./table.ts";
import { summariseVerdicts } from "./verdicts.ts";

export interface VerificationView {
  readonly release: string | undefined;
  readonly left: readonly string[];
  readonly images: readonly {
    readonly name: string;
    readonly digest: string | undefined;
    readonly source: string;
    readonly verdicts: readonly Verdict[];
  }[];
}

/** A line for each image, below it what does not hold and why; the rules; what was not looked at. */
export function renderVerification({ images, release, left }: VerificationView): string {
  const rows = images.map(({ name, digest, source, verdicts }) => [
    name,
    digest !== undefined && isDigest(digest) ? shortDigest(digest) : "-",
    worstOutcome(verdicts) === "unknown" ? "not verified" : worstOutcome(verdicts),
    source,
  ]);
  const verdicts = images.flatMap((image) => image.verdicts);
  const reasons = verdicts.filter(({ outcome }) => outcome !== "holds").flatMap(renderVerdict);
  const parts = [
    rows.length === 0 ? "no image to verify" : renderTable(rows),
    reasons.join("\n"),
    summariseVerdicts(verdicts),
    left.length === 0 ? "" : `not in release ${release}, and not looked at: ${left.join(", ")}`,
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function renderVerdict({ rule, subject, outcome, reasons }: Verdict): readonly string[] {
  const word = outcome === "unknown" ? "not verified: " : "";
  return reasons.map(({ message, at, digest, hint }) => {
    const place = [formatPosition(at), digest === undefined ? "" : `layer ${shortDigest(digest)}`].filter(
      (each) => each !== "",
    );
    const where = place.length === 0 ? "" : ` (${place.join(", ")})`;
    const lines = [
      `${subject.name}: ${word}${message}${where} [${rule}]`,
      ...(hint === undefined ? [] : [`  hint: ${hint}`]),
    ];
    return printable(lines.join("\n"));
  });
}

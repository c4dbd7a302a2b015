import type { VulnerabilityPolicy } from "../../../core/blueprint/gate-policy.ts";
import { chosenImages, heldImages } from "../../../core/phases/chosen-images.ts";
import type { GateVerdict, ScanReport } from "../../../core/policy/gates/gate.ts";
import { type Verdict, verdictOf } from "../../../core/policy/verdict.ts";
import { scanFleet } from "../../scan/scan-fleet.ts";
import type { Collected, Collector, Question } from "../collectors.ts";
import { verdictFacts } from "./verdict-facts.ts";

/** What is known to be vulnerable in each image today, by the policy of the gates and with their canaries. */
export const collectScanned: Collector<"scan"> = (question) =>
  collect(question, ({ verdicts }, report) =>
    verdicts
      .filter(({ gate }) => gate === "vulnerabilities")
      .map((verdict) => lineOf(verdict, tooLax(question.check.severities, report.policy), report)),
  );

/** Whether the SBOM beside each image names all that is in it. */
export const collectSboms: Collector<"sbom"> = (question) =>
  collect(question, ({ verdicts }, report) =>
    verdicts.filter(({ gate }) => gate === "sbom").map((verdict) => lineOf(verdict, undefined, report)),
  );

async function collect(
  { world, today, check, machine }: Question<"scan"> | Question<"sbom">,
  verdictsOf: (image: ScanReport["images"][number], report: ScanReport) => readonly Verdict[],
): Promise<Collected> {
  const held = heldImages(chosenImages(check.images, today, machine), today);
  // Without names it would look at all.
  if (held.length === 0) return verdictFacts(today, held, []);
  const names = held.map(({ name }) => name);
  const report = await scanFleet(world, { images: names, dependents: false, keep: false });
  const judged = report.images.map((image) => ({ image: image.name, verdicts: verdictsOf(image, report) }));
  return verdictFacts(today, held, judged);
}

function lineOf(
  { gate, image, digest, outcome, reason, inputs }: GateVerdict,
  lax: string | undefined,
  { pinned, asOf }: ScanReport,
): Verdict {
  const reasons = [{ message: reason }];
  // A verdict of a day that the policy names is no current one, and never looks like it.
  const rule = pinned ? `${gate} as of ${asOf}` : gate;
  return verdictOf(
    { rule, subject: { kind: "image", name: image, digest }, inputs },
    {
      fails: [...(outcome === "denied" ? reasons : []), ...(lax === undefined ? [] : [{ message: lax }])],
      unknown: outcome === "unknown" || outcome === "error" ? reasons : [],
      holds: { message: reason },
    },
  );
}

const ORDER: readonly VulnerabilityPolicy["deny"][] = ["low", "medium", "high", "critical"];

/** Why a policy does not ask all that the rule asks; undefined where it does. */
function tooLax(
  severities: readonly string[],
  { deny, unknownSeverity }: ScanReport["policy"],
): string | undefined {
  const placeOf = (severity: string): number => ORDER.findIndex((each) => each === severity.toLowerCase());
  const missed = severities.filter((severity) => placeOf(severity) < placeOf(deny));
  if (missed.length > 0)
    return `the policy denies from ${deny} on, and the rule asks for ${missed.join(", ")} too`;
  const lowest = Math.min(...severities.map(placeOf));
  return placeOf(unknownSeverity) < lowest
    ? `the policy counts what nobody rated as ${unknownSeverity}, which the rule does not ask for`
    : undefined;
}

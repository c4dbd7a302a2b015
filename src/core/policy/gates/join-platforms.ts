import { groupBy } from "../../base/group-by.ts";
import type { GateFinding, GateVerdict } from "./gate.ts";
import { worstGateOutcome } from "./outcome.ts";

/** What the gates say of an image on one platform. */
export interface PlatformVerdicts {
  /** As OCI writes it. */
  readonly platform: string;
  readonly verdicts: readonly GateVerdict[];
}

/** One tag leads to all platforms of an image, so each gate says the worst that it says of any, and of which. */
export function joinPlatforms(parts: readonly PlatformVerdicts[]): readonly GateVerdict[] {
  const [only, ...others] = parts;
  if (only !== undefined && others.length === 0) return only.verdicts;
  const all = parts.flatMap(({ platform, verdicts }) => verdicts.map((verdict) => ({ platform, verdict })));
  return [...groupBy(all, ({ verdict }) => verdict.gate).values()].flatMap((own) =>
    joinOne(own, parts.length),
  );
}

interface Part {
  readonly platform: string;
  readonly verdict: GateVerdict;
}

function joinOne(own: readonly Part[], platforms: number): readonly GateVerdict[] {
  const [first] = own;
  if (first === undefined) return [];
  const outcome = worstGateOutcome(own.map(({ verdict }) => verdict.outcome));
  const worst = own.filter(({ verdict }) => verdict.outcome === outcome);
  const reasons = groupBy(worst, ({ verdict }) => verdict.reason);
  const inputs = own.flatMap(({ verdict }) => verdict.inputs);
  return [
    {
      ...first.verdict,
      outcome,
      reason: [...reasons]
        .map(([reason, told]) => (told.length === platforms ? reason : `${namesOf(told)}: ${reason}`))
        .join("; "),
      findings: joinFindings(own, platforms),
      inputs: [...new Map(inputs.map((input) => [`${input.name} ${input.digest}`, input])).values()],
    },
  ];
}

/** What is found on all platforms alike is told once. */
function joinFindings(own: readonly Part[], platforms: number): readonly GateFinding[] {
  const found = own.flatMap(({ platform, verdict }) =>
    verdict.findings.map((finding) => ({ platform, finding })),
  );
  return [...groupBy(found, ({ finding }) => JSON.stringify(finding)).values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    if (new Set(same.map(({ platform }) => platform)).size === platforms) return [first.finding];
    return [{ ...first.finding, message: `${namesOf(same)}: ${first.finding.message}` }];
  });
}

function namesOf(parts: readonly { readonly platform: string }[]): string {
  return [...new Set(parts.map(({ platform }) => platform))].join(", ");
}

import type { Digest } from "../../base/digest.ts";
import type { Verdict } from "../verdict.ts";
import type { GateFinding } from "./gate.ts";
import type { GateFacts } from "./gate-verdict.ts";

/** The documents beside an image in its registry. `off`: the blueprint attaches none. */
export type SbomFacts =
  | { readonly state: "off" }
  | { readonly state: "missing"; readonly why: string }
  | {
      readonly state: "attached";
      readonly artifact: Digest;
      /** What the document lacks of the image, by purl or path. */
      readonly lacks: readonly string[];
      /** What it says that it is about, where that is not this image. */
      readonly of?: Digest;
    };

const TOLD = 5;

/** The SBOM names every package and distribution of the image, and stands beside it where the blueprint says so. */
export function sbomGate(verdicts: readonly Verdict[], attached: SbomFacts): GateFacts {
  const complete = verdicts.find(({ rule }) => rule === "sbom-complete");
  return {
    gate: "sbom",
    findings: [...completeness(complete), ...attachment(attached)],
    holds: `${complete?.reasons[0]?.message ?? ""}${attached.state === "attached" ? ", and is beside it" : ""}`,
    inputs: [
      ...(complete?.inputs ?? []),
      ...(attached.state === "attached" ? [{ name: "attached SBOM", digest: attached.artifact }] : []),
    ],
  };
}

function completeness(verdict: Verdict | undefined): readonly GateFinding[] {
  if (verdict === undefined)
    return [{ id: "sbom-unknown", level: "unknown", message: "nobody looked whether it is complete" }];
  if (verdict.outcome === "holds") return [];
  const level = verdict.outcome === "fails" ? "deny" : "unknown";
  return verdict.reasons.map(({ message, path }) => ({
    id: "sbom-incomplete",
    level,
    message,
    ...(path === undefined ? {} : { path }),
  }));
}

function attachment(attached: SbomFacts): readonly GateFinding[] {
  if (attached.state === "off") return [];
  if (attached.state === "missing")
    return [
      {
        id: "sbom-missing",
        level: "deny",
        message: `no SBOM is beside it: ${attached.why}`,
        hint: "lapstrake sbom --attach",
      },
    ];
  const { lacks, of } = attached;
  if (of !== undefined)
    return [
      {
        id: "sbom-of-another",
        level: "deny",
        message: `the SBOM beside it is of ${of}`,
        hint: "lapstrake sbom --attach",
      },
    ];
  if (lacks.length === 0) return [];
  const more = lacks.length > TOLD ? ` and ${lacks.length - TOLD} more` : "";
  return [
    {
      id: "sbom-incomplete",
      level: "deny",
      message: `the SBOM beside it lacks ${lacks.slice(0, TOLD).join(", ")}${more}`,
      hint: "lapstrake sbom --attach",
    },
  ];
}

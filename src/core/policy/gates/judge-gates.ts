import type { MergedVulnerability, UndecidedVulnerability } from "../../advisory/vulnerability.ts";
import type { Sbom } from "../../audit/sbom/sbom.ts";
import type { Digest } from "../../base/digest.ts";
import type { Budget } from "../../blueprint/blueprint.ts";
import { GATES, type GateName, type GatePolicy } from "../../blueprint/gate-policy.ts";
import type { LayerOrigin } from "../audit/layer-origins.ts";
import type { Verdict } from "../verdict.ts";
import type { Waivers } from "./apply-waivers.ts";
import { type BaseFacts, baseGate } from "./base.ts";
import { budgetGate } from "./budget.ts";
import { componentPlace } from "./component-place.ts";
import type { GateVerdict, UsedSource } from "./gate.ts";
import { type GateFacts, gateVerdict } from "./gate-verdict.ts";
import { type ReductionFacts, reductionGate } from "./reduction.ts";
import { ruleGate } from "./rule-gate.ts";
import { type SbomFacts, sbomGate } from "./sbom.ts";
import { type TagFacts, tagsGate } from "./tags.ts";
import { vulnerabilityGate } from "./vulnerabilities.ts";

/** All that is known of one image, whatever gates make of it. */
export interface GateSubject {
  readonly name: string;
  readonly digest: Digest;
  readonly sbom: Sbom;
  readonly verdicts: readonly Verdict[];
  readonly origins: readonly LayerOrigin[];
  readonly size: { readonly compressed: number; readonly unpacked: number };
  /** Of its tier. */
  readonly budget: Budget;
  readonly sources: readonly UsedSource[];
  readonly vulnerabilities: readonly MergedVulnerability[];
  readonly undecided: readonly UndecidedVulnerability[];
  readonly attached: SbomFacts;
  readonly base: BaseFacts | undefined;
  readonly tag: TagFacts | undefined;
  /** Undefined for what is no service, or where no baseline is asked for. */
  readonly reduction: ReductionFacts | undefined;
}

/** The rules about an image's content that a gate stands on. */
const RULES = {
  secrets: ["image-secrets"],
  files: ["image-layers", "image-setuid", "image-world-writable", "image-caches"],
  user: ["image-user"],
  init: ["image-init"],
  health: ["image-health"],
  labels: ["image-labels"],
} as const;

/** The verdict of each gate that the policy has on, in one order. */
export function judgeGates(
  subject: GateSubject,
  policy: GatePolicy,
  waivers: Waivers,
): readonly GateVerdict[] {
  const { name: image, digest } = subject;
  return GATES.filter((gate) => policy.off[gate] === undefined).flatMap((gate) => {
    const facts = factsOf(gate, subject, policy);
    return facts === undefined ? [] : [gateVerdict(facts, { image, digest }, waivers)];
  });
}

/** Undefined where the gate is not about this image. */
function factsOf(gate: GateName, subject: GateSubject, policy: GatePolicy): GateFacts | undefined {
  switch (gate) {
    case "vulnerabilities":
      return vulnerabilityGate(vulnerabilityFacts(subject), policy.vulnerabilities);
    case "budget":
      return budgetGate(subject.size, subject.budget);
    case "reduction":
      return subject.reduction === undefined ? undefined : reductionGate(subject.reduction);
    case "sbom":
      return sbomGate(subject.verdicts, subject.attached);
    case "base":
      return baseGate(subject.base, policy.base);
    case "tags":
      return tagsGate(subject.digest, subject.tag);
    default:
      return ruleGate(gate, RULES[gate], subject);
  }
}

function vulnerabilityFacts({ sources, vulnerabilities, undecided, sbom, origins }: GateSubject) {
  const { components } = sbom;
  return {
    sources,
    vulnerabilities,
    undecided,
    places: new Map(components.map((each) => [each.id, componentPlace(each, origins)])),
    components: countComponents(sbom),
    system: sbom.system,
  };
}

export function countComponents({ components }: Pick<Sbom, "components">) {
  const deb = components.filter(({ ecosystem }) => ecosystem === "deb").length;
  return { deb, pypi: components.length - deb };
}

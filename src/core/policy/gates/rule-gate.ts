import type { GateName } from "../../blueprint/gate-policy.ts";
import type { LayerOrigin } from "../audit/layer-origins.ts";
import type { Reason, Verdict } from "../verdict.ts";
import { layerPlace } from "./component-place.ts";
import type { GateFinding } from "./gate.ts";
import type { GateFacts } from "./gate-verdict.ts";

/** A gate that stands on rules about images: what they say is what it says. A rule that is missing is not known. */
export function ruleGate(
  gate: GateName,
  rules: readonly string[],
  { verdicts, origins }: { readonly verdicts: readonly Verdict[]; readonly origins: readonly LayerOrigin[] },
): GateFacts {
  const found = rules.map((rule) => ({ rule, verdict: verdicts.find((each) => each.rule === rule) }));
  return {
    gate,
    findings: found.flatMap(({ rule, verdict }): readonly GateFinding[] => {
      if (verdict === undefined)
        return [{ id: rule, level: "unknown", message: `the rule ${rule} was not asked` }];
      if (verdict.outcome === "holds") return [];
      const level = verdict.outcome === "fails" ? "deny" : "unknown";
      return verdict.reasons.map((reason) => findingOf(reason, { rule, level, origins }));
    }),
    holds: found
      .flatMap(({ verdict }) => (verdict?.outcome === "holds" ? (verdict.reasons[0]?.message ?? []) : []))
      .join("; "),
    inputs: found.flatMap(({ verdict }) => verdict?.inputs ?? []),
  };
}

function findingOf(
  { id, message, path, digest, at, hint }: Reason,
  {
    rule,
    level,
    origins,
  }: { readonly rule: string; readonly level: "deny" | "unknown"; readonly origins: readonly LayerOrigin[] },
): GateFinding {
  const layer = origins.findIndex(({ diffId }) => diffId === digest);
  return {
    id: id ?? rule,
    level,
    message,
    ...(path === undefined ? {} : { path }),
    ...layerPlace(layer, origins),
    ...(at === undefined ? {} : { at }),
    ...(hint === undefined ? {} : { hint }),
  };
}

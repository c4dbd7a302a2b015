import type { SourcePosition } from "../../base/error.ts";
import type { GateFacts } from "./gate-verdict.ts";

/** How much smaller a service is than its baseline, and how much the median service of the same run. */
export type ReductionFacts =
  | {
      readonly state: "measured";
      /** Percent. */
      readonly own: number;
      readonly median: number;
      readonly wanted: number;
      readonly services: number;
    }
  | { readonly state: "unknown"; readonly why: string; readonly at?: SourcePosition };

/** The median of the services is smaller by so many percent. Where it is not, the services that pull it down are denied. */
export function reductionGate(facts: ReductionFacts): GateFacts {
  const about = { gate: "reduction", inputs: [] } as const;
  if (facts.state === "unknown") {
    const { why, at } = facts;
    const hint = "lapstrake size --baseline";
    const finding = { id: "no-baseline", level: "unknown", message: why, hint } as const;
    return { ...about, findings: [at === undefined ? finding : { ...finding, at }], holds: "" };
  }
  const { own, median, wanted, services } = facts;
  const all = `the median of ${services} services is ${percent(median)} smaller than its baseline`;
  const isShort = median < wanted && own < wanted;
  return {
    ...about,
    findings: isShort
      ? [
          {
            id: "reduction",
            level: "deny",
            message: `it is ${percent(own)} smaller than its baseline, and ${all}, not ${wanted}%`,
          },
        ]
      : [],
    holds: `${percent(own)} smaller than its baseline; ${all}`,
  };
}

function percent(value: number): string {
  return `${value.toFixed(1)}%`;
}

import type { GatePolicy } from "../../core/blueprint/gate-policy.ts";
import type { ReductionFacts } from "../../core/policy/gates/reduction.ts";
import { medianReduction, type ReducedService, type Sizes } from "../../core/policy/size/median-reduction.ts";
import type { Fleet } from "../load-fleet.ts";
import { readBaseline } from "../size/baseline/baseline-file.ts";
import type { ReadTarget } from "./scan-targets.ts";

/**
 * By name of an image, how much smaller its service is than its baseline. Empty where the policy asks for no reduction. Throws
 * BlueprintError BASELINE_INVALID.
 */
export async function readReductions(
  fleet: Fleet,
  { reduction: policy, off }: GatePolicy,
  read: readonly ReadTarget[],
): Promise<ReadonlyMap<string, ReductionFacts>> {
  if (policy === undefined || off.reduction !== undefined) return new Map();
  const { services: baselines } = await readBaseline(fleet);
  const images = read.flatMap(({ target: { node }, examined: { size } }) => {
    const { service } = node.declared;
    return service === undefined ? [] : [{ name: node.name, service, size }];
  });
  const services = [...new Set(images.map(({ service }) => service))].map((service): ReducedService => {
    const sizes = images.filter((image) => image.service === service).map(({ size }) => size);
    return { service, now: largest(sizes), baseline: baselines[service] };
  });
  const { percent } = policy;
  const all = medianReduction(services, percent);
  return new Map(
    images.map(({ name, service }): [string, ReductionFacts] => {
      const own = all.services.find((each) => each.service === service)?.reduction;
      if (all.median === undefined || own === undefined) return [name, { state: "unknown", why: all.reason }];
      return [
        name,
        {
          state: "measured",
          own: worst(own),
          median: worst(all.median),
          wanted: percent,
          services: services.length,
        },
      ];
    }),
  );
}

function largest(sizes: readonly Sizes[]): Sizes {
  return {
    compressed: Math.max(...sizes.map(({ compressed }) => compressed)),
    unpacked: Math.max(...sizes.map(({ unpacked }) => unpacked)),
  };
}

/** Percent: both sizes have to be smaller. */
function worst({ compressed, unpacked }: Sizes): number {
  return Math.min(compressed, unpacked) * 100;
}

import type { Digest } from "../../core/base/digest.ts";
import type { GateName } from "../../core/blueprint/gate-policy.ts";
import { isReleasable } from "../../core/policy/gates/block-descendants.ts";
import type { GateVerdict, ScanReport } from "../../core/policy/gates/gate.ts";
import { worstGateOutcome } from "../../core/policy/gates/outcome.ts";
import type { GateResult, ReleasedImage } from "../../core/record/kinds.ts";
import type { PlannedFleet } from "../plan-fleet.ts";
import type { World } from "../world.ts";
import { newestBase } from "./newest-base.ts";
import { recordScan } from "./record-scan.ts";
import type { ScanTarget } from "./scan-target.ts";
import { scanTargets } from "./scan-targets.ts";

/** What the gates let through, and what they keep back with why. */
export interface GatedRelease {
  readonly report: ScanReport;
  readonly released: readonly ReleasedImage[];
  readonly denied: readonly { readonly name: string; readonly why: string }[];
  /** One for each gate, about what is let through. */
  readonly results: readonly GateResult[];
}

/** The gates of a release, between the push and the tags; undefined where the blueprint has none. */
export async function gateRelease(
  world: World,
  planned: PlannedFleet,
  { images, tag }: { readonly images: readonly ReleasedImage[]; readonly tag: string },
): Promise<GatedRelease | undefined> {
  const { fleet } = planned;
  if (fleet.blueprint.gates === undefined) return undefined;
  const digests = new Map(images.map(({ name, digest }) => [name, digest]));
  const order = [...fleet.graph.nodes.values()];
  const targets = order.flatMap((node): ScanTarget[] => {
    const image = images.find(({ name }) => name === node.name);
    if (image === undefined) return [];
    const { repository, digest, identity } = image;
    const base = newestBase(fleet, node, { digests, of: "this release" });
    const baseDigest: Digest | undefined = base?.digest;
    return [
      {
        node,
        repository,
        digest,
        identity,
        baseDigest,
        newestBase: base,
        tag: { name: tag, released: false },
      },
    ];
  });
  const left = order.flatMap(({ name }) =>
    digests.has(name) ? [] : [{ name, why: "not in this release", asked: false }],
  );
  const report = await scanTargets(world, planned, { targets, release: null, left });
  await recordScan(planned, report, world.version);
  const good = new Set(report.images.filter(isReleasable).map(({ name }) => name));
  return {
    report,
    released: images.filter(({ name }) => good.has(name)),
    denied: report.images.flatMap((image) =>
      isReleasable(image) ? [] : [{ name: image.name, why: whyNot(image) }],
    ),
    results: resultsOf(report, good),
  };
}

function whyNot({ blockedBy, verdicts, outcome }: ScanReport["images"][number]): string {
  const worst = verdicts.find((each) => each.outcome === outcome);
  const own = worst === undefined ? outcome : `${outcome} by the gate ${worst.gate}: ${worst.reason}`;
  const isStopped = outcome !== "passed" && outcome !== "waived";
  return blockedBy !== undefined && !isStopped ? `its ancestor ${blockedBy} gets no tag` : own;
}

/** Each gate over the images that get their tags: passed, or waived with what was. */
function resultsOf({ images }: ScanReport, good: ReadonlySet<string>): readonly GateResult[] {
  const verdicts = new Map<GateName, GateVerdict[]>();
  for (const verdict of images.filter(({ name }) => good.has(name)).flatMap((image) => image.verdicts)) {
    const known = verdicts.get(verdict.gate);
    if (known === undefined) verdicts.set(verdict.gate, [verdict]);
    else known.push(verdict);
  }
  return [...verdicts].map(([name, own]) => {
    const waived = own.filter(({ outcome }) => outcome === "waived");
    const outcome = worstGateOutcome(own.map((each) => each.outcome));
    return {
      name,
      outcome: outcome === "waived" ? "waived" : "passed",
      reason:
        waived.length === 0
          ? `${own.length} images passed`
          : `${waived.length} of ${own.length} images passed with waivers: ${waived.map(({ image }) => image).join(", ")}`,
    };
  });
}

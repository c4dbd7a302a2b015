import { groupBy } from "../../base/group-by.ts";
import type { GatePolicy } from "../../blueprint/gate-policy.ts";
import type { Waiver } from "../../blueprint/waiver.ts";
import { Waivers } from "./apply-waivers.ts";
import { blockDescendants } from "./block-descendants.ts";
import { believe, type CanaryTrial, tryCanaries } from "./canaries.ts";
import type { CanaryResult, ScannedImage, ScanReport, UsedSource } from "./gate.ts";
import { joinPlatforms } from "./join-platforms.ts";
import { countComponents, type GateSubject, judgeGates } from "./judge-gates.ts";
import { worstGateOutcome } from "./outcome.ts";

/** An image on one platform, with its place in the fleet; those of one name are one image. */
export type ReportSubject = GateSubject &
  Pick<ScannedImage, "repository" | "tier" | "ancestors"> & {
    /** As OCI writes it. */
    readonly platform: string;
  };

/** An image that is there to be judged and could not be read. */
export interface UnreadSubject
  extends Pick<ScannedImage, "name" | "digest" | "repository" | "tier" | "ancestors"> {
  readonly state: "unknown" | "error";
  readonly why: string;
}

export interface ReportFacts {
  readonly fleet: string;
  readonly release: string | null;
  readonly gates: GatePolicy;
  readonly waivers: readonly Waiver[];
  /** YYYY-MM-DD. */
  readonly asOf: string;
  readonly pinned: boolean;
  /** Parents first, as all lists here. */
  readonly subjects: readonly ReportSubject[];
  readonly unread: readonly UnreadSubject[];
  readonly left: ScanReport["left"];
  readonly trials: readonly CanaryTrial[];
}

/** The verdicts of all gates on all images, with what keeps them honest: canaries, waivers, sources. */
export function scanReport(facts: ReportFacts): ScanReport {
  const { fleet, release, gates, asOf, pinned, subjects, unread, left } = facts;
  const waivers = new Waivers(facts.waivers, asOf);
  const canaries = tryCanaries(facts.trials, gates);
  const judged = [...groupBy(subjects, ({ name }) => name).values()].flatMap((parts) =>
    scanned(parts, { gates, waivers, canaries }),
  );
  const images = blockDescendants([...judged, ...unread.map(unreadImage)]);
  const { deny, unknown } = gates.vulnerabilities;
  return {
    version: 1,
    fleet,
    release,
    asOf,
    pinned,
    policy: { deny, unknownSeverity: unknown },
    images,
    left,
    canaries,
    // A scan of some images says nothing about waivers for others.
    waivers: waivers.uses().filter(({ image, count }) => {
      if (image !== "*") return images.some(({ name }) => name === image);
      return count > 0 || left.length === 0;
    }),
    sources: sourcesOf(subjects),
    off: Object.entries(gates.off).map(([gate, why]) => ({ gate: gate as keyof GatePolicy["off"], why })),
    outcome: worstGateOutcome([
      ...images.map((image) => image.outcome),
      ...(left.some(({ asked }) => asked) ? (["unknown"] as const) : []),
    ]),
  };
}

interface Judging {
  readonly gates: GatePolicy;
  readonly waivers: Waivers;
  readonly canaries: readonly CanaryResult[];
}

function scanned(
  parts: readonly ReportSubject[],
  { gates, waivers, canaries }: Judging,
): readonly ScannedImage[] {
  const [first] = parts;
  if (first === undefined) return [];
  const { name, repository, digest, tier, ancestors } = first;
  const verdicts = joinPlatforms(
    parts.map((subject) => ({
      platform: subject.platform,
      verdicts: judgeGates(subject, gates, waivers).map((verdict) => believe(verdict, canaries)),
    })),
  );
  const counts = parts.map(({ sbom }) => countComponents(sbom));
  return [
    {
      name,
      repository,
      digest,
      tier,
      ancestors,
      size: {
        compressed: Math.max(...parts.map(({ size }) => size.compressed)),
        unpacked: Math.max(...parts.map(({ size }) => size.unpacked)),
      },
      components: {
        deb: Math.max(...counts.map(({ deb }) => deb)),
        pypi: Math.max(...counts.map(({ pypi }) => pypi)),
      },
      outcome: worstGateOutcome(verdicts.map(({ outcome }) => outcome)),
      verdicts,
    },
  ];
}

function unreadImage({ state, why, ...place }: UnreadSubject): ScannedImage {
  const { name: image, digest } = place;
  return {
    ...place,
    size: { compressed: 0, unpacked: 0 },
    components: { deb: 0, pypi: 0 },
    outcome: state,
    verdicts: [
      {
        gate: "files",
        image,
        digest,
        outcome: state,
        reason: `it could not be read: ${why}`,
        findings: [{ id: "unread", level: state, message: why }],
        inputs: [],
      },
    ],
  };
}

/** Each source once: where it failed for one image, it failed. */
function sourcesOf(subjects: readonly GateSubject[]): readonly UsedSource[] {
  const first = new Map<string, UsedSource>();
  for (const used of subjects.flatMap(({ sources }) => sources)) {
    const known = first.get(used.source);
    if (known === undefined || (known.state === "scanned" && used.state !== "scanned"))
      first.set(used.source, used);
  }
  return [...first.values()];
}

import type { Severity } from "../../advisory/severity.ts";
import type { BlindSpot, SourceName } from "../../advisory/vulnerability.ts";
import type { Digest } from "../../base/digest.ts";
import type { SourcePosition } from "../../base/error.ts";
import type { GateName, VulnerabilityPolicy } from "../../blueprint/gate-policy.ts";
import type { VerdictInput } from "../verdict.ts";

export { GATES, type GateName } from "../../blueprint/gate-policy.ts";

/**
 * `unknown`: it could not be told; `error`: what should have told it broke. Both block like `denied`. `waived`: it would be
 * denied, but each finding has a waiver that holds.
 */
export const GATE_OUTCOMES = ["passed", "waived", "denied", "unknown", "error"] as const;

export type GateOutcome = (typeof GATE_OUTCOMES)[number];

/** One thing that a gate found. */
export interface GateFinding {
  /** What was found, by a name that stays: `CVE-2024-1234`, `github-token`, `setuid`, `over-budget`. */
  readonly id: string;
  /** `note`: below what the policy denies; it is shown and blocks nothing. */
  readonly level: "deny" | "unknown" | "error" | "note";
  readonly message: string;
  /** The purl of what it is about. */
  readonly component?: string;
  /** In the image, plain. */
  readonly path?: string;
  readonly aliases?: readonly string[];
  /** In the words of whoever reported it. */
  readonly summary?: string;
  readonly severity?: Severity;
  /** Versions that mend it. */
  readonly fixed?: readonly string[];
  readonly sources?: readonly SourceName[];
  /** The image of the fleet whose layer brought it: what is rebuilt to be rid of it. */
  readonly owner?: string;
  readonly layer?: { readonly index: number; readonly diffId?: Digest; readonly instruction?: string };
  /** In a file that people edit. */
  readonly at?: SourcePosition;
  readonly hint?: string;
  /** The waiver that covers it. */
  readonly waiver?: {
    readonly why: string;
    readonly who: string;
    readonly until: string;
    readonly at: SourcePosition;
  };
}

/** What one gate says of one image. */
export interface GateVerdict {
  readonly gate: GateName;
  readonly image: string;
  readonly digest: Digest;
  readonly outcome: GateOutcome;
  /** One line. */
  readonly reason: string;
  readonly findings: readonly GateFinding[];
  /** What it was made of: where a digest changes, the verdict is stale. */
  readonly inputs: readonly VerdictInput[];
}

/** A planted fault, and whether its gate went red for it in this very run. */
export interface CanaryResult {
  readonly gate: GateName;
  /** What was planted: "a GitHub token in app/settings.py". */
  readonly planted: string;
  readonly alive: boolean;
  readonly found: GateOutcome;
  readonly reason: string;
}

/** A waiver as a scan used it. `unused`: it matches nothing; `pending`: its first day is still to come. */
export interface WaiverUse {
  readonly gate: GateName;
  readonly id: string;
  readonly image: string;
  readonly component?: string;
  readonly why: string;
  readonly who: string;
  /** YYYY-MM-DD, its first day and its last. */
  readonly from: string;
  readonly until: string;
  readonly state: "used" | "expired" | "unused" | "pending";
  /** How many findings it covers; where it is not in force, would cover. */
  readonly count: number;
  readonly at: SourcePosition;
}

export interface ScannedImage {
  readonly name: string;
  readonly repository: string | undefined;
  readonly digest: Digest;
  readonly tier: "cpu" | "gpu" | undefined;
  /** The images of the fleet that it is made of: those that it stands on, the nearest first; then those that it copies from. */
  readonly ancestors: readonly string[];
  /**
   * Bytes. `compressed`: layers as the registry stores them; `unpacked`: as a machine unpacks them. Of several platforms the
   * most, here and of components.
   */
  readonly size: { readonly compressed: number; readonly unpacked: number };
  readonly components: { readonly deb: number; readonly pypi: number };
  /** The worst of its verdicts. */
  readonly outcome: GateOutcome;
  /** The ancestor that is not released, and takes this image with it. */
  readonly blockedBy?: string;
  readonly verdicts: readonly GateVerdict[];
}

/** What a source used, as it is shown and kept. */
export interface UsedSource {
  readonly source: SourceName;
  readonly tool: string;
  readonly state: "scanned" | "unknown" | "error";
  readonly why?: string;
  /** What would make it answer. */
  readonly hint?: string;
  /** Components that it looked at. */
  readonly looked?: { readonly deb: number; readonly pypi: number };
  /** Why it looked at none of an ecosystem. */
  readonly blind?: readonly BlindSpot[];
  readonly database?: {
    readonly digest: Digest;
    /** ISO 8601. */
    readonly updatedAt: string;
    /** Days at the day of judgement. */
    readonly ageDays: number;
    readonly records?: number;
    readonly from: string;
  };
}

export interface LeftImage {
  readonly name: string;
  readonly why: string;
  /** It was to be judged, so that the outcome of the whole is not known. */
  readonly asked: boolean;
}

/** Everything that one run of the gates came to. Plain data: `JSON.stringify` is its documented form. */
export interface ScanReport {
  readonly version: 1;
  readonly fleet: string;
  /** Of the release, where the images are of one. */
  readonly release: string | null;
  /** YYYY-MM-DD: the day at which databases and waivers were judged. */
  readonly asOf: string;
  /** The policy names that day: this is no current verdict. */
  readonly pinned: boolean;
  readonly policy: {
    readonly deny: VulnerabilityPolicy["deny"];
    readonly unknownSeverity: VulnerabilityPolicy["unknown"];
  };
  readonly images: readonly ScannedImage[];
  /** Images of the fleet that no gate looked at. */
  readonly left: readonly LeftImage[];
  readonly canaries: readonly CanaryResult[];
  readonly waivers: readonly WaiverUse[];
  readonly sources: readonly UsedSource[];
  /** Gates that did not run, with why. */
  readonly off: readonly { readonly gate: GateName; readonly why: string }[];
  readonly outcome: GateOutcome;
}

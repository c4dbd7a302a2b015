import type { SourcePosition } from "../base/error.ts";
import type { RiskWatch } from "./risk-watch.ts";

/**
 * The plan of a fleet: phases in order, what each must keep to, and by which evidence that is proven. Plain data, in
 * file order; every text as it is written.
 */
export interface PhasePlan {
  readonly file: string;
  readonly id: string;
  readonly title: string;
  /** Machines in the order in which a phase applies to them: evidence of a later one cannot come first. */
  readonly machines: readonly string[];
  readonly documents: DocumentPatterns;
  readonly phases: readonly Phase[];
  readonly risks: readonly Risk[];
}

/** Paths relative to the blueprint's folder, with {plan} and {phase}. */
export interface DocumentPatterns {
  readonly postreview: string;
  /** {phase} is the phase that it prepares; the last phase has none. */
  readonly preanalysis: string;
}

export interface Phase {
  /** "4", "4.1": text, never an index. */
  readonly id: string;
  readonly title: string;
  /** The phase that this one is a part of: "4" of "4.1". */
  readonly parent?: string;
  /** Phases that must be done before: the one before it, unless told. */
  readonly requires: readonly string[];
  /** The IMPORTANT NOTE, verbatim. */
  readonly note: string;
  /** What the note asks for, one by one; each quote stands in the note verbatim. */
  readonly constraints: readonly Constraint[];
  readonly deliverables: readonly string[];
  readonly rules: readonly EvidenceRule[];
  readonly at: SourcePosition;
}

export interface Constraint {
  readonly id: string;
  readonly quote: string;
  readonly at: SourcePosition;
}

/** A predicate over recorded facts, never over prose. */
export interface EvidenceRule {
  /** Within its phase. */
  readonly id: string;
  /** The constraints of the phase's note that it proves. */
  readonly proves: readonly string[];
  /** Asked for each machine of the plan, in its order. */
  readonly perMachine: boolean;
  /** Days after which its evidence is stale; undefined: only when its inputs change. */
  readonly expires?: number;
  readonly check: RuleCheck;
  readonly at: SourcePosition;
}

/**
 * What is asked. The kinds are closed: a predicate that nobody wrote cannot be asked for. Kinds that no command of this
 * version can answer are declared all the same, and are "not yet provable".
 */
export type RuleCheck =
  /** The plan keeps to its own protocol, and blueprint, Dockerfiles and hierarchy have no error. */
  | { readonly kind: "plan-sound" }
  /** The newest release holds each of these images, and each stands in the registry. */
  | {
      readonly kind: "release-complete";
      readonly images: ImageChoice;
      readonly allow: readonly Allowance[];
    }
  /** The tags of the release stand where it put them, and no tag of the fleet is outside the scheme. */
  | { readonly kind: "tags-in-scheme" }
  /** Each image that had a predecessor has it under the release's `-prev` tag. */
  | { readonly kind: "previous-tags" }
  /** Blueprint, registry and engine say the same of the release. */
  | { readonly kind: "inventory-in-step" }
  /** Since the release that phase `since` was closed on, only these images and their descendants changed. */
  | {
      readonly kind: "identities-changed-only";
      readonly images: readonly string[];
      readonly since: string;
    }
  /** Each Dockerfile has a stage that builds and another that runs. */
  | { readonly kind: "multi-stage"; readonly images: ImageChoice; readonly allow: readonly Allowance[] }
  /** Compressed, no image is over the budget of its tier. */
  | { readonly kind: "size-budget"; readonly images: ImageChoice }
  /** The median image is this much smaller than a recorded baseline. */
  | { readonly kind: "size-reduction"; readonly images: ImageChoice; readonly percent: number }
  | { readonly kind: "locks-verified"; readonly images: ImageChoice }
  | { readonly kind: "image-verified"; readonly images: ImageChoice }
  | { readonly kind: "image-ran"; readonly images: ImageChoice }
  /** A container of the released image answers GET /health with 200 and exactly {"status":"ok"}. */
  | { readonly kind: "health-exact"; readonly services: readonly string[] }
  /** This file is there and not empty. */
  | { readonly kind: "document-present"; readonly path: string }
  | { readonly kind: "audit"; readonly images: ImageChoice }
  | { readonly kind: "scan"; readonly images: ImageChoice; readonly severities: readonly string[] }
  | { readonly kind: "sbom"; readonly images: ImageChoice }
  | { readonly kind: "pipeline"; readonly path: string }
  | { readonly kind: "driver"; readonly atLeast: string }
  | { readonly kind: "migrated"; readonly services: readonly string[] }
  | { readonly kind: "cutover"; readonly services: readonly string[] }
  | { readonly kind: "startup-report"; readonly services: readonly string[] }
  | { readonly kind: "rollback-drill"; readonly services: readonly string[] }
  | { readonly kind: "risk-fallbacks"; readonly risks: readonly string[] };

export type RuleKind = RuleCheck["kind"];

export type CheckOf<Kind extends RuleKind> = Extract<RuleCheck, { readonly kind: Kind }>;

/** Images of the section `images`, those of the section `services`, all, or these by name (a service's name is all it is built as). */
export type ImageChoice = "images" | "services" | "all" | readonly string[];

/** An exception that somebody answers for with a reason. */
export interface Allowance {
  readonly images: readonly string[];
  readonly why: string;
}

export interface Risk {
  /** "R1". */
  readonly id: string;
  readonly risk: string;
  readonly likelihood: "low" | "medium" | "high";
  readonly impact: "low" | "medium" | "high";
  readonly mitigation: string;
  /** The command that shows whether it has come true. */
  readonly detector: string;
  /** The command that takes the fleet back. */
  readonly fallback: string;
  /** Phases whose documents must speak of it; all where empty. */
  readonly phases: readonly string[];
  /** What `lapstrake risk` looks at; undefined: nothing of this version can tell. */
  readonly watch?: RiskWatch;
  readonly at: SourcePosition;
}

import type { Json } from "../../core/base/json.ts";
import type { CheckOf, RuleKind } from "../../core/blueprint/phase-plan.ts";
import type { Today } from "../../core/phases/today.ts";
import type { OpenFleet } from "../tags/open-fleet.ts";
import type { World } from "../world.ts";

/** A rule, and all that a collector may ask. */
export interface Question<Kind extends RuleKind = RuleKind> {
  readonly world: World;
  readonly open: OpenFleet;
  readonly today: Today;
  readonly check: CheckOf<Kind>;
  /** Of the plan, where the rule is asked for each. */
  readonly machine: string | undefined;
}

export interface Collected {
  /** What `judge` of core/phases/rules reads for this kind. */
  readonly facts: Json;
  /** Files of the work tree that they were made of, besides what `inputsOf` has: evidence is stale where one changes. */
  readonly files?: readonly string[];
}

/**
 * Finds out what a rule is judged by. It changes nothing but its own temporary things, judges nothing, and throws where it
 * cannot ask: that is recorded as "unknown".
 */
export type Collector<Kind extends RuleKind> = (question: Question<Kind>) => Promise<Collected>;

/** By kind; each is loaded when it is asked. */
export type Collectors = { readonly [Kind in RuleKind]?: () => Promise<Collector<Kind>> };

/**
 * The kinds of rules that this version can answer. A kind is made provable by one line here (and its branch in
 * core/phases/rules/judge.ts); each collector is loaded when it is asked.
 */
export const COLLECTORS: Collectors = {
  "plan-sound": async () => (await import("./collect/plan-sound.ts")).collectPlanSound,
  "release-complete": async () => (await import("./collect/release-complete.ts")).collectReleaseComplete,
  "tags-in-scheme": async () => (await import("./collect/tags-in-scheme.ts")).collectTagsInScheme,
  "previous-tags": async () => (await import("./collect/previous-tags.ts")).collectPreviousTags,
  "inventory-in-step": async () => (await import("./collect/inventory-in-step.ts")).collectInventoryInStep,
  "identities-changed-only": async () => (await import("./collect/identities.ts")).collectIdentities,
  "multi-stage": async () => (await import("./collect/multi-stage.ts")).collectMultiStage,
  "size-budget": async () => (await import("./collect/size-budget.ts")).collectSizeBudget,
  "size-reduction": async () => (await import("./collect/size-reduction.ts")).collectSizeReduction,
  "locks-verified": async () => (await import("./collect/locks-verified.ts")).collectLocksVerified,
  "image-verified": async () => (await import("./collect/images-verified.ts")).collectImagesVerified,
  "image-ran": async () => (await import("./collect/images-verified.ts")).collectImagesRan,
  "health-exact": async () => (await import("./collect/health-exact.ts")).collectHealthExact,
  "document-present": async () => (await import("./collect/document-present.ts")).collectDocumentPresent,
  audit: async () => (await import("./collect/audited.ts")).collectAudited,
  scan: async () => (await import("./collect/scanned.ts")).collectScanned,
  sbom: async () => (await import("./collect/scanned.ts")).collectSboms,
  pipeline: async () => (await import("./collect/pipeline.ts")).collectPipeline,
  migrated: async () => (await import("./collect/migrated.ts")).collectMigrated,
};

/** The kinds that these collectors answer. */
export function provableBy(collectors: Collectors): ReadonlySet<RuleKind> {
  // The keys of an object of this type are kinds.
  return new Set(Object.keys(collectors) as RuleKind[]);
}

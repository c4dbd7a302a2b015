import type { Json } from "../../base/json.ts";
import type { RuleCheck } from "../../blueprint/phase-plan.ts";
import { RecordError } from "../../record/error.ts";
import { Fields } from "../../record/fields.ts";
import { judgeDocumentPresent } from "./document-present.ts";
import { judgeHealthExact } from "./health-exact.ts";
import { judgeIdentities } from "./identities-changed-only.ts";
import { judgeInventoryInStep } from "./inventory-in-step.ts";
import type { Judgement } from "./judgement.ts";
import { judgeMigrated } from "./migrated.ts";
import { judgeMultiStage } from "./multi-stage.ts";
import { judgePipeline } from "./pipeline.ts";
import { judgePlanSound } from "./plan-sound.ts";
import { judgePreviousTags } from "./previous-tags.ts";
import { judgeReleaseComplete } from "./release-complete.ts";
import { judgeSizeBudget } from "./size-budget.ts";
import { judgeSizeReduction } from "./size-reduction.ts";
import { judgeTagsInScheme } from "./tags-in-scheme.ts";
import { judgeVerdicts } from "./verdicts.ts";

/**
 * What raw facts say of a rule: the same when they are collected and whenever their entry is read again, so that an entry
 * that says more than its facts is found out. Facts that could not be had, or that cannot be read, are "unknown".
 */
export function judge(check: RuleCheck, facts: Json): Judgement {
  try {
    const fields = new Fields(facts, "facts");
    const failure = fields.get("failure");
    if (failure !== undefined) return { outcome: "unknown", reason: fields.text("failure") };
    return judgeFacts(check, fields);
  } catch (error) {
    if (!(error instanceof RecordError)) throw error;
    return { outcome: "unknown", reason: `the raw facts cannot be read: ${error.message}` };
  }
}

/** The facts of a rule of which nothing could be found out. */
export interface FailedFacts {
  readonly failure: string;
}

function judgeFacts(check: RuleCheck, facts: Fields): Judgement {
  switch (check.kind) {
    case "plan-sound":
      return judgePlanSound(facts);
    case "release-complete":
      return judgeReleaseComplete(check, facts);
    case "tags-in-scheme":
      return judgeTagsInScheme(facts);
    case "previous-tags":
      return judgePreviousTags(facts);
    case "inventory-in-step":
      return judgeInventoryInStep(facts);
    case "identities-changed-only":
      return judgeIdentities(check, facts);
    case "multi-stage":
      return judgeMultiStage(check, facts);
    case "size-budget":
      return judgeSizeBudget(facts);
    case "locks-verified":
    case "image-verified":
    case "image-ran":
    case "audit":
    case "scan":
    case "sbom":
      return judgeVerdicts(facts);
    case "health-exact":
      return judgeHealthExact(facts);
    case "document-present":
      return judgeDocumentPresent(facts);
    case "migrated":
      return judgeMigrated(facts);
    case "size-reduction":
      return judgeSizeReduction(check, facts);
    case "pipeline":
      return judgePipeline(facts);
    case "driver":
    case "cutover":
    case "startup-report":
    case "rollback-drill":
    case "risk-fallbacks":
      return { outcome: "unknown", reason: `this version cannot judge facts of ${check.kind}` };
  }
}

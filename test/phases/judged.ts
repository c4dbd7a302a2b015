import { digestOf } from "../../src/core/base/digest.ts";
import type { Json } from "../../src/core/base/json.ts";
import type { RuleCheck } from "../../src/core/blueprint/phase-plan.ts";
import { judge } from "../../src/core/phases/rules/judge.ts";

export const D1 = digestOf("one");
export const D2 = digestOf("two");

/** `outcome: reason`, with digests as `<one>` and `<two>`. */
export function judged(check: RuleCheck, facts: Json): string {
  const { outcome, reason } = judge(check, facts);
  return [D1, D2].reduce((text, digest, index) => {
    const name = index === 0 ? "<one>" : "<two>";
    return text.replaceAll(digest, name).replaceAll(digest.slice(7, 19), name);
  }, `${outcome}: ${reason}`);
}

export const held = (name: string, more: object = {}): Json => ({
  name,
  tier: "cpu",
  digest: D1,
  present: "yes",
  named: null,
  unavailable: null,
  ...more,
});

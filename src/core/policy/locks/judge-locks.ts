import type { Verdict } from "../verdict.ts";
import type { IndexFacts } from "./index-facts.ts";
import type { LockFacts, LockInImage } from "./lock-facts.ts";
import { hashVerdict } from "./rules/hashes.ts";
import { indexVerdict } from "./rules/index-listing.ts";
import { inputsVerdict } from "./rules/inputs.ts";
import { interpreterVerdict } from "./rules/interpreter.ts";
import { parentVerdict } from "./rules/parent.ts";
import { pinnedVerdict } from "./rules/pinned.ts";
import { platformVerdict } from "./rules/platform.ts";

/** All that is said of a lock by itself. */
export function judgeLock(facts: LockFacts, index: IndexFacts): readonly Verdict[] {
  return [hashVerdict(facts), pinnedVerdict(facts), inputsVerdict(facts), indexVerdict(facts, index)];
}

/** All that is said of a lock in an image that installs it. */
export function judgeUse(use: LockInImage): readonly Verdict[] {
  return [interpreterVerdict(use), platformVerdict(use), parentVerdict(use)];
}

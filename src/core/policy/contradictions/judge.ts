import type { Finding } from "../../base/finding.ts";
import { suggest } from "../../base/suggest.ts";
import type { Decision } from "../../blueprint/blueprint.ts";
import type { Contradiction } from "./contradiction.ts";
import type { PlanFacts } from "./facts.ts";
import { RULES } from "./rules.ts";

/** A contradiction that somebody settled. */
export interface Decided extends Contradiction {
  readonly decision: Decision;
}

export interface Judgement {
  readonly open: readonly Contradiction[];
  readonly decided: readonly Decided[];
}

/** What the rules find, parted by what the blueprint's decisions settle. */
export function judge(facts: PlanFacts): Judgement {
  const { decisions } = facts.blueprint;
  const open: Contradiction[] = [];
  const decided: Decided[] = [];
  for (const found of Object.values(RULES).flatMap((rule) => rule(facts))) {
    const decision = decisionOn(found, decisions);
    if (decision === undefined) open.push(found);
    else decided.push({ ...found, decision });
  }
  return { open, decided };
}

/** The decision on this very contradiction, else one on all that its rule finds. */
function decisionOn({ id, rule }: Contradiction, decisions: readonly Decision[]): Decision | undefined {
  return decisions.find((each) => each.id === id) ?? decisions.find((each) => each.id === rule);
}

/** Decisions that settle nothing: what they were about has gone, has changed, or never had that name. */
export function staleDecisions(
  decisions: readonly Decision[],
  { open, decided }: Judgement,
): readonly Finding[] {
  const used = new Set(decided.map(({ decision }) => decision.id));
  const found = [...open, ...decided].map(({ id }) => id);
  return decisions
    .filter(({ id }) => !used.has(id))
    .map(({ id, at, decision }) => ({
      rule: "stale-decision",
      level: "warning",
      message: `the decision on ${id} settles nothing: no rule finds it`,
      at,
      chain: [`decided: ${decision}`],
      hint: staleHint(id, found),
    }));
}

function staleHint(id: string, found: readonly string[]): string {
  const [rule = ""] = id.split("/", 1);
  if (!Object.hasOwn(RULES, rule)) {
    const near = suggest(rule, Object.keys(RULES));
    return `there is no rule ${rule}${near === undefined ? "" : `; did you mean ${near}?`}`;
  }
  // Of the subject alone: ids of one rule are alike by their rule.
  const subject = (text: string): string => text.slice(rule.length + 1);
  const others = found.filter((other) => other.startsWith(`${rule}/`)).map(subject);
  const near = suggest(subject(id), others);
  return near === undefined ? "take it out, or correct its id" : `did you mean ${rule}/${near}?`;
}

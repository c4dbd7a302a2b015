import { GATES, type GateName, type GatePolicy } from "../../blueprint/gate-policy.ts";
import { Waivers } from "./apply-waivers.ts";
import type { CanaryResult, GateVerdict } from "./gate.ts";
import { type GateSubject, judgeGates } from "./judge-gates.ts";
import { letsThrough } from "./outcome.ts";

/** A subject whose fault is known, and which gate must see it. */
export interface CanaryTrial {
  /** `none`: it has no fault, and every gate must let it pass. */
  readonly gate: GateName | "none";
  /** In words: "a GitHub token in app/settings.py". */
  readonly planted: string;
  /** Why it could not be tried; a gate whose canary nobody saw is not alive. */
  readonly subject: GateSubject | { readonly why: string };
}

/** What each canary came to, under the policy of the run, without waivers. Gates that are off have none. */
export function tryCanaries(trials: readonly CanaryTrial[], policy: GatePolicy): readonly CanaryResult[] {
  const on = GATES.filter((gate) => policy.off[gate] === undefined);
  return on.flatMap((gate) => {
    const own = trials.filter((trial) => trial.gate === gate || trial.gate === "none");
    return own.flatMap((trial) => tryOne(trial, gate, policy));
  });
}

function tryOne(
  { gate: asked, planted, subject }: CanaryTrial,
  gate: GateName,
  policy: GatePolicy,
): readonly CanaryResult[] {
  if ("why" in subject)
    return [{ gate, planted, alive: false, found: "error", reason: `it could not be tried: ${subject.why}` }];
  const verdict = judgeGates(subject, watchful(policy), new Waivers([], "")).find(
    (each) => each.gate === gate,
  );
  // A gate that is not about such an image has nothing to say of the one without a fault.
  if (verdict === undefined) return asked === "none" ? [] : [silent(gate, planted)];
  const { outcome: found, reason } = verdict;
  return [{ gate, planted, alive: found === (asked === "none" ? "passed" : "denied"), found, reason }];
}

/** A canary shows that a gate sees; what the policy lets pass of what it sees is another matter. */
function watchful(policy: GatePolicy): GatePolicy {
  const { suite, ...vulnerabilities } = policy.vulnerabilities;
  return {
    ...policy,
    vulnerabilities: {
      ...vulnerabilities,
      deny: "low",
      unfixed: "deny",
      ...(suite === undefined ? {} : { suite: { level: "deny" } }),
    },
    base: { roots: "deny" },
  };
}

function silent(gate: GateName, planted: string): CanaryResult {
  return { gate, planted, alive: false, found: "error", reason: "the gate said nothing of it" };
}

/**
 * A verdict as far as it can be believed: of a gate whose canaries did not all do what they must, it is an error; where it
 * could not tell of its canary, it is not known.
 */
export function believe(verdict: GateVerdict, canaries: readonly CanaryResult[]): GateVerdict {
  // What blocks anyway keeps its own reason.
  if (!letsThrough(verdict.outcome)) return verdict;
  const own = canaries.filter(({ gate }) => gate === verdict.gate);
  const all = own.filter(({ alive }) => !alive);
  const dead = all.find(({ found }) => found !== "unknown") ?? all[0];
  if (own.length > 0 && dead === undefined) return verdict;
  const reason =
    dead === undefined
      ? "no canary was tried, so its green would mean nothing"
      : `its canary (${dead.planted}) came out ${dead.found}: ${dead.reason}`;
  const level = dead?.found === "unknown" ? "unknown" : "error";
  return {
    ...verdict,
    outcome: level,
    reason,
    findings: [{ id: "canary", level, message: reason }, ...verdict.findings],
  };
}

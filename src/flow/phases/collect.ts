import { LapstrakeError, messageOf } from "../../core/base/error.ts";
import { canonicalJson } from "../../core/base/json.ts";
import type { EvidenceRule, Phase } from "../../core/blueprint/phase-plan.ts";
import { releaseText, ruleDigest } from "../../core/phases/digests.ts";
import { filesAsInputs, inputsOf } from "../../core/phases/inputs.ts";
import type { PhaseState, RuleState } from "../../core/phases/phase-state.ts";
import { machineBefore } from "../../core/phases/rule-state.ts";
import { judge } from "../../core/phases/rules/judge.ts";
import type { ReleaseFact } from "../../core/phases/today.ts";
import type { EvidenceBody } from "../../core/record/kinds.ts";
import { newestRelease } from "../last-release.ts";
import { type OpenFleet, openLoaded } from "../tags/open-fleet.ts";
import type { World } from "../world.ts";
import type { Collected, Collectors, Question } from "./collectors.ts";
import { type PhasePorts, type PhaseView, type PlannedPhases, viewPhases } from "./open-phases.ts";
import { readDigests } from "./read-files.ts";

/** A rule of a phase, on a machine where it is asked for each. */
export interface Target {
  readonly phase: Phase;
  readonly rule: EvidenceRule;
  readonly machine: string | undefined;
}

/** What came of a rule that was to be collected. */
export interface CollectedRule {
  readonly phase: string;
  readonly rule: string;
  readonly machine: string | undefined;
  /** "skipped": not asked, `reason` says why. */
  readonly outcome: EvidenceBody["outcome"] | "not-provable" | "skipped";
  readonly reason: string;
  /** The entry that was written. */
  readonly seq: number | undefined;
}

export interface CollectOptions extends PhasePorts {
  /** As the evidence records it. */
  readonly argv: readonly string[];
}

/** A view of the phases on the newest release, whichever machine made it: the registry is asked for it. */
export async function viewNewest(
  world: World,
  opened: PlannedPhases,
  ports: PhasePorts,
): Promise<{
  readonly view: PhaseView;
  readonly open: OpenFleet;
  readonly release: ReleaseFact | undefined;
}> {
  // The whole chain, before anything is added to it.
  await opened.state.ledger.read();
  const open = await openLoaded(world, opened.fleet);
  const release = await newestRelease(open);
  return { view: await viewPhases(world, opened, { ...ports, release }), open, release };
}

/**
 * Collects the targets in their order and appends what was found to the ledger, one entry each. The caller holds the
 * fleet's lock.
 */
export async function collectRules(
  world: World,
  {
    view,
    open,
    targets,
  }: { readonly view: PhaseView; readonly open: OpenFleet; readonly targets: readonly Target[] },
  options: CollectOptions,
): Promise<readonly CollectedRule[]> {
  const { release } = view.today;
  // Kept under the digest that inputs name it by: a release of another machine is in no entry here.
  if (release !== undefined) await view.state.evidence.put(encode(releaseText(release)));
  const results: CollectedRule[] = [];
  for (const [index, target] of targets.entries()) {
    world.kill.throwIfAborted();
    tell(world, target, `${index + 1} of ${targets.length}`);
    results.push(await collectTarget(world, { view, open, target, results }, options));
  }
  return results;
}

interface Collecting {
  readonly view: PhaseView;
  readonly open: OpenFleet;
  readonly target: Target;
  /** Of the targets before. */
  readonly results: readonly CollectedRule[];
}

async function collectTarget(
  world: World,
  { view, open, target, results }: Collecting,
  options: CollectOptions,
): Promise<CollectedRule> {
  const { phase, rule, machine } = target;
  const about = { phase: phase.id, rule: rule.id, machine };
  const state = stateOf(view.phases, target);
  if (state?.verdict === "not-provable")
    return { ...about, outcome: "not-provable", reason: state.reason, seq: undefined };
  const before = machineBefore(target, view.today);
  if (before !== undefined && !holdsOn(before, target, { view, results })) {
    const reason = `${before} comes first, and the rule does not hold there`;
    return { ...about, outcome: "skipped", reason, seq: undefined };
  }
  const started = world.clock();
  const { today } = view;
  const question = { world, open, today, check: rule.check, machine };
  const { facts, files = [] } = await gatherFacts(question, options.collectors);
  const output = await view.state.evidence.put(encode(canonicalJson(facts)));
  const { outcome, reason } = judge(rule.check, facts);
  const recorded = await readDigests(view.fleet, files);
  const entry = await view.state.ledger.append("evidence", {
    plan: view.plan.id,
    ...about,
    machine: machine ?? null,
    ruleDigest: ruleDigest(phase, rule),
    outcome,
    reason,
    inputs: { ...inputsOf(rule.check, today, machine), ...filesAsInputs(files, { files: recorded }) },
    output,
    release: today.release?.tag ?? null,
    tool: world.version,
    argv: options.argv,
    durationMs: Math.max(0, Math.round(world.clock() - started)),
    expires: expiryOf(rule, started),
  });
  return { ...about, outcome, reason, seq: entry.seq };
}

/** What cannot be asked is recorded as such: a failure is a fact, and never a good one. */
async function gatherFacts(question: Question, collectors: Collectors): Promise<Collected> {
  try {
    const load = collectors[question.check.kind];
    if (load === undefined) throw new Error(`nothing collects ${question.check.kind}`);
    // The collector of a kind takes questions of that kind; the type cannot follow the lookup.
    const collect = (await load()) as (question: Question) => Promise<Collected>;
    return await collect(question);
  } catch (error) {
    question.world.kill.throwIfAborted();
    if (!(error instanceof LapstrakeError)) throw error;
    return { facts: { failure: `${messageOf(error)} [${error.code}]` } };
  }
}

function holdsOn(
  machine: string,
  target: Target,
  { view, results }: { readonly view: PhaseView; readonly results: readonly CollectedRule[] },
): boolean {
  const now = results.findLast(
    (each) => each.phase === target.phase.id && each.rule === target.rule.id && each.machine === machine,
  );
  if (now !== undefined) return now.outcome === "holds";
  return stateOf(view.phases, { ...target, machine })?.verdict === "holds";
}

export function stateOf(
  phases: readonly PhaseState[],
  { phase, rule, machine }: Target,
): RuleState | undefined {
  return phases
    .find((each) => each.phase.id === phase.id)
    ?.rules.find((state) => state.rule.id === rule.id && state.machine === machine);
}

const DAY_MS = 24 * 60 * 60 * 1000;

function expiryOf({ expires }: EvidenceRule, now: number): string | null {
  return expires === undefined ? null : new Date(now + expires * DAY_MS).toISOString();
}

function tell(world: World, { phase, rule, machine }: Target, progress: string): void {
  const where = machine === undefined ? "" : ` on ${machine}`;
  const message = `phase ${phase.id}: asking ${rule.id}${where} (${progress})`;
  world.onEvent({ type: "note", level: "info", message });
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

import { digestOf } from "../../base/digest.ts";
import { canonicalJson, type Json } from "../../base/json.ts";
import { type Observations, type Subject, type Verdict, verdictOf } from "../verdict.ts";
import type { RunFacts } from "./run-facts.ts";

/** The one answer that /health may give. */
const HEALTHY = '{"status":"ok"}';

/** Rules that only a run can tell of. */
const RUN_RULES = ["run-identity", "run-health", "run-stop"] as const;

type RunRule = (typeof RUN_RULES)[number];

export function isRunRule(rule: string): boolean {
  return RUN_RULES.some((each) => each === rule);
}

/** What is said of an image after it was run once: an image that is no service is asked only who it runs as. `user`: UID:GID that it should be. */
export function judgeRun(subject: Subject, run: RunFacts, user: string): readonly Verdict[] {
  const verdict = (rule: RunRule, observed: Json, observations: Observations): Verdict => {
    const inputs = [
      ...(subject.digest === undefined
        ? []
        : [{ name: `manifest of ${subject.name}`, digest: subject.digest }]),
      { name: "what was seen", digest: digestOf(canonicalJson(observed)) },
    ];
    return verdictOf({ rule, subject, inputs }, observations);
  };
  const { identity, service } = run;
  return [
    verdict("run-identity", { ...identity }, identityOf(identity, user)),
    ...(service === undefined
      ? []
      : [
          // Times differ from run to run; what was seen is the same.
          verdict("run-health", { ...service.health, ms: null }, healthOf(service)),
          verdict("run-stop", { ...service.stop, ms: null }, stopOf(service)),
        ]),
  ];
}

function identityOf(identity: RunFacts["identity"], wanted: string): Observations {
  const holds = { message: `it ran as ${wanted} with tini as PID 1` };
  if (identity.state === "failed") return { fails: [{ message: identity.why }], holds };
  if (identity.state === "unknown") return { unknown: [{ message: identity.why }], holds };
  const { uid, gid, pid1 } = identity;
  return {
    fails: [
      ...(`${uid}:${gid}` === wanted ? [] : [{ message: `it ran as ${uid}:${gid}, not ${wanted}` }]),
      ...(/^tini(?:-static)?$/.test(pid1) ? [] : [{ message: `its PID 1 was ${pid1}, not tini` }]),
    ],
    holds,
  };
}

function healthOf({ health }: NonNullable<RunFacts["service"]>): Observations {
  const holds = { message: `/health answered exactly ${HEALTHY}` };
  if (health.state === "unknown") return { unknown: [{ message: health.why }], holds };
  if (health.state === "silent")
    return { fails: [{ message: `/health did not answer: ${health.why}` }], holds };
  const { status, body } = health;
  if (status === 200 && body === HEALTHY) return { holds };
  return {
    fails: [{ message: `/health answered ${status} ${body.slice(0, 200)}, not 200 ${HEALTHY}` }],
    holds,
  };
}

function stopOf({ stop }: NonNullable<RunFacts["service"]>): Observations {
  if (stop.state === "unknown") return { unknown: [{ message: stop.why }], holds: { message: "" } };
  if (stop.state === "killed")
    return { fails: [{ message: "it did not stop on SIGTERM, and was killed" }], holds: { message: "" } };
  return { holds: { message: `it stopped on SIGTERM with exit code ${stop.exitCode}` } };
}

import type { PipelineInputs } from "./inputs.ts";
import { GHCR, jobOf, pinRoots, registryAccess } from "./job-parts.ts";
import type { Job, Pipeline } from "./pipeline.ts";
import { fetchAdvisories, scanAnswers, scanFlags } from "./scan-steps.ts";

const RESCAN = "rescan";

/** What time does to a fleet that nobody changes: advisories about released digests, and a registry that fills up. */
export function securityPipeline(inputs: PipelineInputs): Pipeline {
  const { settings, fleet } = inputs;
  return {
    version: 1,
    name: "security",
    fleet,
    triggers: { push: [], pullRequest: false, schedule: settings.schedule },
    concurrency: "branch",
    jobs: [...(inputs.gated ? [rescanJob(inputs), issueJob(inputs)] : []), pruneJob(inputs)],
  };
}

/** Without names: the images of the newest release, as the registry has it. */
function rescanJob(inputs: PipelineInputs): Job {
  const lock = pinRoots(inputs);
  return jobOf(inputs, "rescan", {
    id: RESCAN,
    title: "Judge the released digests again",
    permissions: { ...registryAccess(inputs, "read"), "security-events": "write" },
    login: "registry",
    engine: lock.length > 0,
    steps: [
      ...lock,
      ...fetchAdvisories(inputs),
      {
        kind: "command",
        title: "Scan",
        argv: ["scan", ...scanFlags(RESCAN)],
        answer: { file: [`${RESCAN}.json`] },
      },
      ...scanAnswers(RESCAN),
    ],
  });
}

function issueJob(inputs: PipelineInputs): Job {
  return jobOf(inputs, "issue", {
    id: "issue",
    title: "Open, renew or close the one issue of the fleet",
    needs: [RESCAN],
    permissions: { contents: "read", issues: "write" },
    login: "host",
    starts: [{ kind: "whatever-happened" }],
    steps: [
      { kind: "take", title: "Take the report", artifact: RESCAN, into: RESCAN },
      {
        kind: "command",
        title: "Tell it",
        argv: [
          "ci",
          "issue",
          { file: [RESCAN, "/", `${RESCAN}.json`] },
          { file: [RESCAN, "/", `${RESCAN}.md`] },
        ],
      },
    ],
  });
}

/** The clean-up of risk R3. */
function pruneJob(inputs: PipelineInputs): Job {
  const { settings, registry } = inputs;
  const { keep, olderThan } = settings.prune;
  const { environment } = settings;
  const lock = pinRoots(inputs);
  return jobOf(inputs, "prune", {
    id: "prune",
    title: "Delete what nothing needs any more",
    // After the rescan: what it reads must not go meanwhile. Its verdict does not matter here.
    needs: inputs.gated ? [RESCAN] : [],
    starts: inputs.gated ? [{ kind: "whatever-happened" }] : [],
    // GHCR deletes by the token of `prune.token` alone.
    permissions: registryAccess(inputs, registry.host === GHCR ? "read" : "write"),
    login: registry.host === GHCR ? "prune" : "registry",
    ...(environment === undefined ? {} : { environment }),
    engine: lock.length > 0,
    steps: [
      ...lock,
      {
        kind: "command",
        title: "Prune",
        argv: ["prune", "--keep", String(keep), "--older-than", String(olderThan), "--apply", "--json"],
        answer: { file: ["prune.json"] },
      },
      {
        kind: "keep",
        title: "Keep what was deleted, and why",
        artifact: ["prune"],
        files: [["prune.json"]],
        // Without it nothing could be put back: the machine is gone after the job.
        state: "fleets/*/prune/restore-*.json",
        always: true,
      },
    ],
  });
}

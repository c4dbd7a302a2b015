import type { PipelineInputs } from "./inputs.ts";
import {
  DIGEST_ARTIFACT,
  DIGESTS,
  HANDED_ON_DAYS,
  jobOf,
  keepLock,
  NOT_FOR_PULL_REQUEST,
  pinRoots,
  registryAccess,
  takeDigests,
  takeLock,
} from "./job-parts.ts";
import type { Job, Pipeline, Start, Word } from "./pipeline.ts";
import { fetchAdvisories, scanAnswers, scanFlags } from "./scan-steps.ts";
import { type Wave, wavesOf } from "./waves.ts";

export const PLAN_JOB = "plan";
/** Outputs of the plan's job, beside one for each wave. */
export const IMAGES_OUTPUT = "images";
export const RELEASE_OUTPUT = "release";
/** The matrix of a wave that has nothing to do. */
export const NOTHING = "[]";

/** Plan, then waves of builds, then the gates, then the tags: the registry is asked anew by each. */
export function dockerBuildPipeline(inputs: PipelineInputs): Pipeline {
  const { settings, fleet } = inputs;
  const waves = dockerBuildWaves(inputs);
  const jobs = [
    planJob(inputs, waves),
    ...waves.map((wave) => waveJob(inputs, wave)),
    ...(hasSbomsJob(inputs) ? [sbomsJob(inputs, waves)] : []),
    ...(inputs.gated ? [gatesJob(inputs, waves)] : []),
    releaseJob(inputs, waves),
  ];
  return {
    version: 1,
    name: "docker-build",
    fleet,
    triggers: { push: settings.branches, pullRequest: settings.pullRequests },
    concurrency: "branch",
    jobs,
  };
}

export function dockerBuildWaves({
  graph,
  settings,
}: Pick<PipelineInputs, "graph" | "settings">): readonly Wave[] {
  const { cpu, gpu } = settings.runners;
  return wavesOf(graph, { tier: settings.tier, split: cpu.join("\n") !== gpu.join("\n") });
}

/** What holds for every image of this run: the whole fleet, or a tier of it. */
function tierFlags({ settings }: PipelineInputs): readonly string[] {
  return settings.tier === undefined ? [] : ["--tier", settings.tier];
}

function planJob(inputs: PipelineInputs, waves: readonly Wave[]): Job {
  const lock = pinRoots(inputs);
  return jobOf(inputs, "plan", {
    id: PLAN_JOB,
    title: "Check the fleet, and plan what is left to do",
    permissions: registryAccess(inputs, "read"),
    login: "registry",
    outputs: [...waves.map(({ id }) => id), IMAGES_OUTPUT, RELEASE_OUTPUT],
    engine: lock.length > 0,
    steps: [
      { kind: "command", title: "Check the workflows", argv: ["ci", "check"], offline: true },
      { kind: "command", title: "Check the fleet", argv: ["check"], offline: true },
      ...lock,
      ...keepLock(inputs),
      {
        kind: "command",
        title: "Plan",
        argv: ["ci", "plan", ...tierFlags(inputs)],
        answer: "outputs",
      },
    ],
  });
}

function waveJob(inputs: PipelineInputs, wave: Wave): Job {
  const { id, tier, entries, images, needs } = wave;
  const image = { matrix: "image" } as const;
  const told = [DIGESTS, "/", image, ".json"] as const;
  return jobOf(inputs, "build", {
    id,
    title: "Build",
    needs: [PLAN_JOB, ...needs],
    runsOn: inputs.settings.runners[tier],
    permissions: registryAccess(inputs, "write"),
    login: "registry",
    starts: [NOT_FOR_PULL_REQUEST, outputIsNot(id, NOTHING)],
    matrix: { job: PLAN_JOB, output: id, entries },
    engine: true,
    caches: Object.fromEntries(
      images.flatMap((name) => {
        const cache = inputs.caches.get(name);
        return cache === undefined ? [] : [[name, cache]];
      }),
    ),
    steps: [
      ...takeLock(inputs),
      ...(needs.length === 0 ? [] : takeDigests()),
      {
        kind: "command",
        title: "Build what the registry does not hold, and push it under its content name",
        argv: ["build", image, "--only", "--json"],
        answer: { file: told },
      },
      {
        kind: "keep",
        title: "Hand its digest on",
        artifact: [DIGEST_ARTIFACT, image],
        files: [told],
        days: HANDED_ON_DAYS,
      },
    ],
  });
}

function outputIsNot(output: string, text: string): Start {
  return { kind: "output-is-not", job: PLAN_JOB, output, text };
}

/** Where there is nothing to tag, nothing is scanned: the last verdict stands, and the schedule renews it. */
const TO_RELEASE: readonly Start[] = [NOT_FOR_PULL_REQUEST, outputIsNot(RELEASE_OUTPUT, "no")];

/** A release attaches them itself, before its own gates. */
function hasSbomsJob({ gated, attachesSboms }: PipelineInputs): boolean {
  return gated && attachesSboms;
}

/** Whatever is available, as the plan has told it. */
const IMAGES: Word = { words: { job: PLAN_JOB, output: IMAGES_OUTPUT } };

/** A job of its own, since it pushes: the one that reads what images hold may not. */
function sbomsJob(inputs: PipelineInputs, waves: readonly Wave[]): Job {
  return jobOf(inputs, "sboms", {
    id: "sboms",
    title: "Put an SBOM beside each image that has none",
    needs: [PLAN_JOB, ...waves.map(({ id }) => id)],
    permissions: registryAccess(inputs, "write"),
    login: "registry",
    starts: TO_RELEASE,
    steps: [
      ...takeLock(inputs),
      ...takeDigests(),
      { kind: "command", title: "Attach them", argv: ["sbom", IMAGES, "--attach", "--missing"] },
    ],
  });
}

function gatesJob(inputs: PipelineInputs, waves: readonly Wave[]): Job {
  return jobOf(inputs, "gates", {
    id: "gates",
    title: "Judge the images that stand, before any tag moves",
    needs: [PLAN_JOB, ...waves.map(({ id }) => id), ...(hasSbomsJob(inputs) ? ["sboms"] : [])],
    permissions: { ...registryAccess(inputs, "read"), "security-events": "write" },
    login: "registry",
    starts: TO_RELEASE,
    steps: [
      ...takeLock(inputs),
      ...takeDigests(),
      ...fetchAdvisories(inputs),
      {
        kind: "command",
        title: "Scan",
        argv: ["scan", IMAGES, "--tree", ...scanFlags("gates")],
        answer: { file: ["gates.json"] },
      },
      ...scanAnswers("gates"),
    ],
  });
}

function releaseJob(inputs: PipelineInputs, waves: readonly Wave[]): Job {
  const { environment } = inputs.settings;
  return jobOf(inputs, "release", {
    id: "release",
    title: "Move the tags of the fleet together, or none",
    needs: [
      PLAN_JOB,
      ...waves.map(({ id }) => id),
      ...(hasSbomsJob(inputs) ? ["sboms"] : []),
      ...(inputs.gated ? ["gates"] : []),
    ],
    permissions: registryAccess(inputs, "write"),
    login: "registry",
    ...(environment === undefined ? {} : { environment }),
    starts: TO_RELEASE,
    engine: true,
    steps: [
      ...takeLock(inputs),
      ...takeDigests(),
      ...fetchAdvisories(inputs),
      {
        kind: "command",
        title: "Release",
        argv: ["release", ...tierFlags(inputs), "--json"],
        answer: { file: ["release.json"] },
      },
      {
        kind: "command",
        title: "Say what is in the images",
        argv: ["sbom", "--output", { file: ["sboms"] }],
      },
      {
        kind: "command",
        title: "Say what this run did",
        argv: ["ledger", "export"],
        offline: true,
        answer: { file: ["ledger.jsonl"] },
        always: true,
      },
      {
        kind: "keep",
        title: "Keep the release, the SBOMs and the ledger of this run",
        artifact: ["release"],
        files: [["release.json"], ["sboms"], ["ledger.jsonl"]],
        always: true,
      },
    ],
  });
}

import type { PipelineInputs } from "./inputs.ts";
import type { CommandStep, Job, JobKind, KeepStep, Permissions, Start, TakeStep } from "./pipeline.ts";

export const GHCR = "ghcr.io";

/** Where builds put what they say of themselves, below the run's folder; one file an image. */
export const DIGESTS = "digests";
export const DIGEST_ARTIFACT = "digest-";
const LOCK_ARTIFACT = "lock";
/** Days for which a run may be begun anew where it failed. */
export const HANDED_ON_DAYS = 7;

type Given = Pick<Job, "id" | "title" | "steps"> & Partial<Omit<Job, "kind">>;

/** A job with what most have: a runner of the tier cpu, and the right to read the repository. */
export function jobOf(inputs: PipelineInputs, kind: JobKind, given: Given): Job {
  const { settings } = inputs;
  return {
    needs: [],
    runsOn: settings.runners.cpu,
    timeout: settings.timeout,
    permissions: { contents: "read" },
    starts: [],
    outputs: [],
    engine: false,
    caches: {},
    ...given,
    kind,
  };
}

/** To read the fleet's images, or to push them. Registries other than GHCR ask for a login of their own instead. */
export function registryAccess(inputs: PipelineInputs, access: "read" | "write"): Permissions {
  return inputs.registry.host === GHCR ? { contents: "read", packages: access } : { contents: "read" };
}

/** Makes the lock where it is not in git and not there yet. */
export function pinRoots({ settings, lockFile }: PipelineInputs): readonly CommandStep[] {
  if (settings.lock === "committed") return [];
  return [{ kind: "command", title: "Pin the roots", argv: ["lock"], unless: lockFile }];
}

export function keepLock({ settings, lockFile }: PipelineInputs): readonly KeepStep[] {
  if (settings.lock === "committed") return [];
  return [
    {
      kind: "keep",
      title: "Hand the lock on",
      artifact: [LOCK_ARTIFACT],
      files: [[lockFile]],
      tree: true,
      days: HANDED_ON_DAYS,
    },
  ];
}

export function takeLock({ settings }: PipelineInputs): readonly TakeStep[] {
  if (settings.lock === "committed") return [];
  return [{ kind: "take", title: "Take the lock of the plan", artifact: LOCK_ARTIFACT }];
}

/** Digests that earlier jobs handed on, compared with the registry, which alone is believed. */
export function takeDigests(): Job["steps"] {
  return [
    {
      kind: "take",
      title: "Take the digests of earlier waves",
      artifact: DIGEST_ARTIFACT,
      all: true,
      into: DIGESTS,
    },
    {
      kind: "command",
      title: "Compare them with the registry",
      argv: ["ci", "confirm", { file: [DIGESTS] }],
    },
  ];
}

export const NOT_FOR_PULL_REQUEST: Start = { kind: "not-for-pull-request" };

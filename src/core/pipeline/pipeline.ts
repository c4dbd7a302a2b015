export type PipelineName = "docker-build" | "security";

/**
 * What a CI server does for a fleet. One value: `ci generate` renders it as a workflow, `ci run` executes it here. Jobs
 * stand after those that they need. Plain data.
 */
export interface Pipeline {
  readonly version: 1;
  readonly name: PipelineName;
  readonly fleet: string;
  readonly triggers: Triggers;
  /** A newer run of the same branch waits for the older one; of a pull request it takes its place. */
  readonly concurrency: "branch";
  readonly jobs: readonly Job[];
}

export interface Triggers {
  /** Branches; none: not by a push. */
  readonly push: readonly string[];
  readonly pullRequest: boolean;
  /** Five fields of cron, UTC. */
  readonly schedule?: string;
}

export type JobKind = "plan" | "build" | "sboms" | "gates" | "release" | "rescan" | "issue" | "prune";

export interface Job {
  /** Such as `wave-2-gpu`: unique over both pipelines. */
  readonly id: string;
  readonly kind: JobKind;
  /** One line for people. */
  readonly title: string;
  readonly needs: readonly string[];
  readonly runsOn: readonly string[];
  /** Minutes. */
  readonly timeout: number;
  readonly permissions: Permissions;
  readonly environment?: string;
  /** What must hold for it to start, beside its needs. */
  readonly starts: readonly Start[];
  readonly matrix?: Matrix;
  /** Names of what it tells later jobs. */
  readonly outputs: readonly string[];
  /** It builds: the machine must have an engine. */
  readonly engine: boolean;
  /** By image that it builds, the reference of its own build cache in the registry; those that keep none are left out. */
  readonly caches: Readonly<Record<string, string>>;
  /** With which login it speaks to the registry; undefined: with none. */
  readonly login?: "registry" | "prune" | "host";
  readonly steps: readonly Step[];
}

export type Scope = "contents" | "issues" | "packages" | "security-events";
export type Permissions = Readonly<Partial<Record<Scope, "read" | "write">>>;

export type Start =
  /** A pull request pushes nothing: its author may not be one of the fleet's. */
  | { readonly kind: "not-for-pull-request" }
  /** An output of an earlier job is not this text. */
  | { readonly kind: "output-is-not"; readonly job: string; readonly output: string; readonly text: string }
  /** Also where a job that it needs failed. */
  | { readonly kind: "whatever-happened" };

/** A job that is done once for each entry; which of them, an earlier job decides at run time. */
export interface Matrix {
  readonly job: string;
  readonly output: string;
  /** All that there may be. */
  readonly entries: readonly MatrixEntry[];
}

export interface MatrixEntry {
  /** As `lapstrake build` takes it. */
  readonly image: string;
  /** Whose profile is baked in; `any` where none is. */
  readonly machine: string;
}

/** A text that is known when the step runs, or stands for one that is. */
export type Word =
  | string
  | { readonly matrix: keyof MatrixEntry }
  /** The words of an earlier job's output, each one argument. */
  | { readonly words: { readonly job: string; readonly output: string } }
  /** A file of the run's own folder. */
  | { readonly file: FileName };

/** A path below the run's folder; parts may come from the matrix. */
export type FileName = readonly (string | { readonly matrix: keyof MatrixEntry })[];

export type Step = CommandStep | KeepStep | TakeStep | SummaryStep | SarifStep;

interface StepBase {
  readonly title: string;
  /** Also after a step that failed. */
  readonly always?: true;
}

/** One command of lapstrake. */
export interface CommandStep extends StepBase {
  readonly kind: "command";
  readonly argv: readonly [string, ...Word[]];
  /** Where its answer goes; undefined: to the log. `outputs`: its lines NAME=VALUE are outputs of the job. */
  readonly answer?: "outputs" | { readonly file: FileName };
  /** Not done where this file of the fleet is there. */
  readonly unless?: string;
  /** It asks no registry and no server, and so gets no login. */
  readonly offline?: true;
}

/** Hands files on to later jobs, and to people. */
export interface KeepStep extends StepBase {
  readonly kind: "keep";
  readonly artifact: FileName;
  readonly files: readonly FileName[];
  /** Files of the fleet instead of the run's own. */
  readonly tree?: true;
  /** Also these of the state folder, where each fleet has a folder; they stay on a machine that is not new for each job. */
  readonly state?: string;
  /** How long it is of use; undefined: as long as the server keeps things. */
  readonly days?: number;
}

/** Takes what earlier jobs kept: one artifact, or all whose name begins so. */
export interface TakeStep extends StepBase {
  readonly kind: "take";
  readonly artifact: string;
  readonly all?: true;
  /** Below the run's folder; undefined: into the fleet's. */
  readonly into?: string;
}

/** Shows a Markdown file where the server shows what a run came to. */
export interface SummaryStep extends StepBase {
  readonly kind: "summary";
  readonly file: FileName;
}

/** Gives a SARIF file to the server's list of findings. */
export interface SarifStep extends StepBase {
  readonly kind: "sarif";
  readonly file: FileName;
}

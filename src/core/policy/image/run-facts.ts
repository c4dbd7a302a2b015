/** What a container of an image did when it was started once. */
export interface RunFacts {
  readonly identity: RunIdentity;
  /** Undefined for images that are no service. */
  readonly service: ServiceRun | undefined;
}

/** Who it ran as and what its first process was. `unknown`: the image has no shell that could tell. */
export type RunIdentity =
  | { readonly state: "told"; readonly uid: string; readonly gid: string; readonly pid1: string }
  | { readonly state: "failed"; readonly why: string }
  | { readonly state: "unknown"; readonly why: string };

export interface ServiceRun {
  readonly health: HealthAnswer;
  readonly stop: StopAnswer;
}

export type HealthAnswer =
  | { readonly state: "answered"; readonly status: number; readonly body: string; readonly ms: number }
  /** It ended, or nobody answered in time. */
  | { readonly state: "silent"; readonly why: string }
  | { readonly state: "unknown"; readonly why: string };

export type StopAnswer =
  | { readonly state: "stopped"; readonly exitCode: number; readonly ms: number }
  | { readonly state: "killed"; readonly ms: number }
  | { readonly state: "unknown"; readonly why: string };

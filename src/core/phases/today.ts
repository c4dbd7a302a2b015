import type { Digest } from "../base/digest.ts";
import type { Budgets, Tier } from "../blueprint/blueprint.ts";
import type { PhasePlan } from "../blueprint/phase-plan.ts";
import type { ReleaseBody, ReleasedImage } from "../record/kinds.ts";

/** What a release says of its content, whichever machine made it. */
export interface ReleaseFact
  extends Pick<ReleaseBody, "tag" | "dirty" | "partial" | "unavailable" | "previous"> {
  readonly images: readonly HeldImage[];
}

export type HeldImage = Omit<ReleasedImage, "kind">;

/** An image that the blueprint declares, as its Dockerfile has it now. */
export interface DeclaredFact {
  readonly name: string;
  readonly section: "images" | "services";
  /** The service that it is built for; undefined for an image. */
  readonly service: string | undefined;
  readonly tier: Tier;
  readonly machines: readonly string[];
  /** The fleet's images that it needs. */
  readonly parents: readonly string[];
  /** Why it cannot be had here: a root of it cannot, by the lock. */
  readonly unavailable: string | undefined;
  /** Of its Dockerfile, those that the build reaches. */
  readonly stages: number;
}

export interface ServiceFact {
  readonly name: string;
  /** Declared, but not built on the fleet's images yet. */
  readonly planned: boolean;
  readonly machines: readonly string[];
}

/** What evidence of the past is compared with. */
export interface Today {
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  readonly plan: PhasePlan;
  /** The newest that is known. */
  readonly release: ReleaseFact | undefined;
  readonly images: readonly DeclaredFact[];
  readonly services: readonly ServiceFact[];
  readonly budgets: Budgets;
  readonly tags: { readonly scheme: string; readonly channels: readonly string[] };
  /** Of the blueprint's text. */
  readonly blueprint: Digest;
  /** Of all Dockerfiles, as a build understands them. */
  readonly dockerfiles: Digest;
  /** By phase, the release that it was closed on. */
  readonly baselines: ReadonlyMap<string, ReleaseFact>;
  /** By path, files of the work tree that rules or their evidence speak of; those that are not there are left out. */
  readonly files: ReadonlyMap<string, Digest>;
}

import type { Digest } from "../base/digest.ts";
import type { NamedImage } from "./engine-images.ts";
import type { Knowledge } from "./knowledge.ts";
import type { DeclaredFact, EngineFact, ReleaseFact } from "./observed.ts";

/**
 * Which images of the last release an engine is expected to hold. That of a machine: what the blueprint places there.
 * Any other: all where it holds at least half of them (one that keeps the fleet), else none: the engine that builds
 * pushes straight to the registry, and somebody who pulled one image to try it does not lack the others.
 */
export function expectedOn(inputs: {
  readonly engine: EngineFact;
  readonly declared: readonly DeclaredFact[];
  readonly release: ReleaseFact | undefined;
  readonly imagesOf: (repository: string) => readonly NamedImage[];
  readonly knowledgeOf: (repository: string) => Knowledge;
}): ReadonlySet<string> {
  const { engine, declared, release } = inputs;
  if (engine.state === "unknown" || release === undefined) return new Set();
  if (engine.machines.length > 0) {
    const placed = declared.filter(({ machines }) => machines.some((each) => engine.machines.includes(each)));
    return new Set(placed.map(({ repository }) => repository));
  }
  const held = release.images.filter(({ repository, digest }) =>
    inputs.imagesOf(repository).some(({ digests }) => holds(inputs.knowledgeOf(repository), digest, digests)),
  );
  const keepsFleet = held.length > 0 && held.length * 2 >= release.images.length;
  return new Set(keepsFleet ? release.images.map(({ repository }) => repository) : []);
}

function holds(known: Knowledge, digest: Digest, digests: ReadonlySet<string>): boolean {
  return [...known.sameAs(digest)].some((each) => digests.has(each));
}

import type { NamedImage } from "./engine-images.ts";
import type { DeclaredFact, EngineFact, ReleaseFact } from "./observed.ts";

/**
 * Which images of the last release an engine is expected to hold. That of a machine: what the blueprint places there.
 * Any other: all, where it holds at least half of them under the release's tag (one that keeps the fleet), else none: the
 * engine that builds pushes straight to the registry, gates and tests pull by digest what they try, and somebody who
 * pulled one image does not lack the others.
 */
export function expectedOn(inputs: {
  readonly engine: EngineFact;
  readonly declared: readonly DeclaredFact[];
  readonly release: ReleaseFact | undefined;
  readonly imagesOf: (repository: string) => readonly NamedImage[];
}): ReadonlySet<string> {
  const { engine, declared, release } = inputs;
  if (release === undefined) return new Set();
  if (engine.machines.length > 0) {
    const placed = declared.filter(({ machines }) => machines.some((each) => engine.machines.includes(each)));
    return new Set(placed.map(({ repository }) => repository));
  }
  if (engine.state === "unknown") return new Set();
  const held = release.images.filter(({ repository }) =>
    inputs.imagesOf(repository).some(({ tag }) => tag === release.tag),
  );
  const keepsFleet = held.length > 0 && held.length * 2 >= release.images.length;
  return new Set(keepsFleet ? release.images.map(({ repository }) => repository) : []);
}

import type { Digest } from "../base/digest.ts";
import type { Observation, ReleaseFact, RepositoryFact, StoredFact, TagFact } from "./observed.ts";
import type { Role } from "./ours.ts";

/** Where a digest of a repository is known from. */
export interface Origin {
  /** Tags of releases that hold it, oldest first. */
  readonly releases: readonly string[];
  /** Tags of the registry that stand on it, or on an index that it is part of. */
  readonly tags: readonly string[];
}

/** All that releases and the registry say about one repository. */
export class Knowledge {
  readonly repository: string;
  readonly fact: RepositoryFact;
  readonly #observation: Observation;
  readonly #stored = new Map<Digest, StoredFact>();

  constructor(repository: string, observation: Observation) {
    this.repository = repository;
    this.#observation = observation;
    this.fact = observation.registry.repositories.find((each) => each.repository === repository) ?? {
      repository,
      state: "read",
      tags: [],
    };
    for (const { stored } of this.tags) if (stored !== undefined) this.#stored.set(stored.digest, stored);
  }

  get tags(): readonly TagFact[] {
    return this.fact.state === "read" ? this.fact.tags : [];
  }

  get last(): ReleaseFact | undefined {
    return this.#observation.releases.at(-1);
  }

  /** What the last release that holds this tag says that it stands on. */
  released(tag: string): Digest | undefined {
    const release = this.#observation.releases.findLast(
      (each) => each.tag === tag && each.images.some(({ repository }) => repository === this.repository),
    );
    return release?.images.find(({ repository }) => repository === this.repository)?.digest;
  }

  roleOf(tag: string): Role {
    return this.#observation.roleOfTag(tag);
  }

  stored(digest: Digest): StoredFact | undefined {
    return this.#stored.get(digest);
  }

  /** What else may stand for a digest on an engine: parts of the index, and the configs that name images there. */
  sameAs(digest: Digest): ReadonlySet<string> {
    const stored = this.#stored.get(digest);
    return new Set(stored === undefined ? [digest] : digestsOf(stored));
  }

  /** Where any of these digests is known from; undefined where nobody knows them. */
  originOf(digests: Iterable<string>): Origin | undefined {
    const own = new Set(digests);
    const meets = (digest: Digest): boolean => [...this.sameAs(digest)].some((each) => own.has(each));
    const releases = this.#observation.releases
      .filter(({ images }) =>
        images.some((each) => each.repository === this.repository && meets(each.digest)),
      )
      .map(({ tag }) => tag);
    const tags = this.tags
      .filter(({ stored }) => stored !== undefined && meets(stored.digest))
      .map(({ tag }) => tag);
    return releases.length + tags.length === 0 ? undefined : { releases: [...new Set(releases)], tags };
  }
}

function digestsOf({ digest, manifest, index, children }: StoredFact): readonly string[] {
  return [
    digest,
    ...(manifest === undefined ? [] : [manifest.config.digest]),
    ...(index?.manifests ?? []).filter(isImage).map((each) => each.digest),
    ...children.flatMap((child) => (isShadow(child, index) ? [] : digestsOf(child))),
  ];
}

/** Attestations are entries of an index for no platform (buildx). */
function isImage({ platform }: { readonly platform?: { readonly os: string } }): boolean {
  return platform?.os !== "unknown";
}

function isShadow({ digest }: StoredFact, index: StoredFact["index"]): boolean {
  return index?.manifests.some((each) => each.digest === digest && !isImage(each)) === true;
}

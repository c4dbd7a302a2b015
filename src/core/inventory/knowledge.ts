import type { Digest } from "../base/digest.ts";
import type { ReleaseFact, RepositoryFact, StoredFact, TagFact } from "./observed.ts";
import type { Role } from "./ours.ts";

/** Where a digest of a repository is known from. */
export interface Origin {
  /** Tags of releases that hold it, oldest first. */
  readonly releases: readonly string[];
  /** Tags of the registry that stand on it, or on an index that it is part of. */
  readonly tags: readonly string[];
}

export interface KnowledgeSource {
  readonly repository: string;
  readonly fact: RepositoryFact;
  /** The releases that hold this repository, oldest first. */
  readonly releases: readonly { readonly tag: string; readonly digest: Digest }[];
  /** The last release, whether or not it holds this repository. */
  readonly last: ReleaseFact | undefined;
  readonly isCurrent: boolean;
  roleOf(tag: string): Role;
}

/** All that releases and the registry say about one repository. */
export class Knowledge {
  readonly #source: KnowledgeSource;
  readonly #stored = new Map<Digest, StoredFact>();
  readonly #same = new Map<Digest, ReadonlySet<string>>();

  constructor(source: KnowledgeSource) {
    this.#source = source;
    for (const { stored } of this.tags) if (stored !== undefined) this.#stored.set(stored.digest, stored);
  }

  get repository(): string {
    return this.#source.repository;
  }

  get fact(): RepositoryFact {
    return this.#source.fact;
  }

  get tags(): readonly TagFact[] {
    const { fact } = this.#source;
    return fact.state === "read" ? fact.tags : [];
  }

  get last(): ReleaseFact | undefined {
    return this.#source.last;
  }

  /** The last release holds it. An earlier one of the same tag may hold more: then a part was released later. */
  get isCurrent(): boolean {
    return this.#source.isCurrent;
  }

  get wasReleased(): boolean {
    return this.#source.releases.length > 0;
  }

  /** What the last release that holds this tag says that it stands on. */
  released(tag: string): Digest | undefined {
    return this.#source.releases.findLast((each) => each.tag === tag)?.digest;
  }

  roleOf(tag: string): Role {
    return this.#source.roleOf(tag);
  }

  stored(digest: Digest): StoredFact | undefined {
    return this.#stored.get(digest);
  }

  /** What else may stand for a digest on an engine: parts of the index, and the configs that name images there. */
  sameAs(digest: Digest): ReadonlySet<string> {
    const stored = this.#stored.get(digest);
    const same = this.#same.get(digest) ?? new Set(stored === undefined ? [digest] : digestsOf(stored));
    this.#same.set(digest, same);
    return same;
  }

  /** Where any of these digests is known from; undefined where nobody knows them. */
  originOf(digests: Iterable<string>): Origin | undefined {
    const own = new Set(digests);
    const meets = (digest: Digest): boolean => [...this.sameAs(digest)].some((each) => own.has(each));
    const releases = this.#source.releases.filter(({ digest }) => meets(digest)).map(({ tag }) => tag);
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

import { type Digest, isDigest } from "../../core/base/digest.ts";
import { adviceOf } from "../../core/base/error.ts";
import type { GraphManifest, GraphRepository, Unread } from "../../core/inventory/reach/registry-graph.ts";
import { tagMeaning } from "../../core/inventory/reach/tag-meaning.ts";
import { Annotation } from "../../core/oci/annotation.ts";
import type { Descriptor } from "../../core/oci/manifest.ts";
import { MANIFEST_TYPES } from "../../core/oci/media-type.ts";
import { RELEASE_TYPE } from "../../core/record/release-artifact.ts";
import type { StoredManifest } from "../../edge/registry/port.ts";
import type { PackageVersion } from "../../edge/registry/powers.ts";
import { readRecord } from "../publish-record.ts";
import { cacheTime, rootTime } from "./made.ts";
import type { ScannableRegistry } from "./powers.ts";
import type { OurRepository } from "./repositories.ts";

export interface ScanContext {
  readonly registry: ScannableRegistry;
  readonly scheme: RegExp;
  readonly signal: AbortSignal;
}

export interface ScannedRepository {
  readonly repository: GraphRepository;
  readonly unread: readonly Unread[];
}

// Index in index in index: nobody has so many, and a registry that makes them up must end.
const MAX_MANIFESTS = 200_000;

/**
 * Everything that tags, indexes, referrers, fallback tags and the seeds lead to, and where the host lists its packages
 * everything that is there. A failure is never thrown but told as
 * unread; only the signal's abort rejects.
 */
export async function scanRepository(context: ScanContext, at: OurRepository): Promise<ScannedRepository> {
  const scan = new Scan(context, at);
  const { lastStays } = await scan.run();
  const { host, name, use } = at;
  // Not in the order of the answers: the same registry makes the same plan.
  const manifests = [...scan.manifests.values()].toSorted((a, b) => (a.digest < b.digest ? -1 : 1));
  return { repository: { host, name, use, manifests, lastStays }, unread: scan.unread };
}

class Scan {
  readonly manifests = new Map<Digest, GraphManifest>();
  readonly unread: Unread[] = [];
  readonly #context: ScanContext;
  readonly #at: OurRepository;
  readonly #tags = new Map<Digest, string[]>();
  readonly #asked = new Set<Digest>();
  #versions: ReadonlyMap<Digest, PackageVersion> | undefined;

  constructor(context: ScanContext, at: OurRepository) {
    this.#context = context;
    this.#at = at;
  }

  /** Whether its host lists packages: every manifest is known then, and the last tagged one cannot be deleted. */
  async run(): Promise<{ readonly lastStays: boolean }> {
    const versions = await this.#try("the versions", () =>
      this.#registry.listManifests(this.#place, this.#options),
    );
    if (versions !== undefined) this.#versions = new Map(versions.map((each) => [each.digest, each]));
    const tags = await this.#try("the tags", () => this.#registry.listTags(this.#place, this.#options));
    await Promise.all((tags ?? []).map((tag) => this.#resolve(tag)));
    const seeds = [...this.#at.seeds].filter(isDigest);
    const subjects = (tags ?? []).flatMap((tag) => {
      const meaning = tagMeaning(tag, this.#at.use, this.#context.scheme);
      return meaning.kind === "system" ? [meaning.subject] : [];
    });
    await this.#visitAll([...this.#tags.keys()], "required");
    // What no tag leads to may hold something all the same: it refers to it, or has it as a part.
    await this.#visitAll([...(this.#versions?.keys() ?? [])], "required");
    await this.#visitAll([...seeds, ...subjects], "optional");
    return { lastStays: this.#versions !== undefined };
  }

  get #registry(): ScannableRegistry {
    return this.#context.registry;
  }

  get #place(): { readonly host: string; readonly repository: string } {
    return { host: this.#at.host, repository: this.#at.name };
  }

  get #options(): { readonly signal: AbortSignal } {
    return { signal: this.#context.signal };
  }

  async #resolve(tag: string): Promise<void> {
    const ref = { ...this.#place, tag };
    const found = await this.#try(`:${tag}`, async () => ({
      at: await this.#registry.resolve(ref, this.#options),
    }));
    if (found === undefined) return;
    if (found.at === undefined) this.#miss(`:${tag}`, "the tag is listed, but stands on nothing");
    else this.#tags.set(found.at.digest, [...(this.#tags.get(found.at.digest) ?? []), tag]);
  }

  async #visitAll(digests: readonly Digest[], need: "required" | "optional"): Promise<void> {
    await Promise.all(digests.map((digest) => this.#visit(digest, need)));
  }

  /** `optional`: it may be gone, as an old release's images are. */
  async #visit(digest: Digest, need: "required" | "optional"): Promise<void> {
    if (this.#asked.has(digest) && (need === "optional" || this.manifests.has(digest))) return;
    this.#asked.add(digest);
    if (this.#asked.size > MAX_MANIFESTS)
      return this.#miss("", `it has more than ${MAX_MANIFESTS} manifests`);
    const ref = { ...this.#place, digest };
    const read = await this.#try(`@${digest}`, async () => ({
      stored: await this.#registry.readManifest(ref, this.#options),
      referrers: await this.#registry.listReferrers(this.#place, digest, this.#options),
    }));
    if (read === undefined) return;
    if (read.stored === undefined) {
      if (need === "required") this.#miss(`@${digest}`, "something needs it, and it is gone");
      return;
    }
    const known = this.manifests.has(digest);
    const manifest = await this.#describe(read.stored);
    this.manifests.set(digest, manifest);
    if (known) return;
    await this.#visitAll(manifest.children, "required");
    await this.#visitAll(
      read.referrers.map((each) => each.digest),
      "required",
    );
    if (manifest.subject !== undefined) await this.#visitAll([manifest.subject], "optional");
  }

  async #describe({ descriptor, content }: StoredManifest): Promise<GraphManifest> {
    const { digest, mediaType } = descriptor;
    const tags = this.#tags.get(digest) ?? [];
    const body = content.kind === "index" ? content.index : content.manifest;
    const parts =
      content.kind === "index"
        ? content.index.manifests
        : [content.manifest.config, ...content.manifest.layers];
    // An index may list blobs too, as an older form of BuildKit's cache does.
    const isChild = (part: Descriptor): boolean =>
      content.kind === "index" && MANIFEST_TYPES.includes(part.mediaType);
    const base = body.annotations?.[Annotation.baseDigest];
    const made = await this.#made(content);
    const record = await this.#record(content, tags);
    const pushed = this.#versions?.get(digest)?.created;
    return {
      digest,
      mediaType,
      tags,
      children: parts.filter(isChild).map((part) => part.digest),
      blobs: parts.filter((part) => !isChild(part)).map(({ digest, size }) => ({ digest, size })),
      ours: this.#at.seeds.has(digest),
      ...(body.subject === undefined ? {} : { subject: body.subject.digest }),
      ...(content.kind === "index" ? {} : { config: content.manifest.config.digest }),
      ...(base !== undefined && isDigest(base) ? { base } : {}),
      ...(made === undefined ? {} : { made }),
      ...(pushed === undefined ? {} : { pushed }),
      ...(record === undefined ? {} : { record }),
    };
  }

  async #made(content: StoredManifest["content"]): Promise<number | undefined> {
    const read = this.#at.use === "root" ? rootTime : cacheTime;
    return read(this.#registry, { ...this.#place, content, ...this.#options });
  }

  async #record(
    content: StoredManifest["content"],
    [tag]: readonly string[],
  ): Promise<GraphManifest["record"] | undefined> {
    if (this.#at.use !== "releases" || tag === undefined || content.kind === "index") return undefined;
    if (content.manifest.artifactType !== RELEASE_TYPE) return undefined;
    const stored = await this.#try(`:${tag}`, () => readRecord(this.#registry, this.#place, tag));
    return stored && { fleet: stored.record.fleet, tag: stored.record.tag };
  }

  async #try<Result>(what: string, work: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await work();
    } catch (error) {
      this.#context.signal.throwIfAborted();
      this.#miss(what, adviceOf(error));
      return undefined;
    }
  }

  #miss(what: string, why: string): void {
    const { host, name } = this.#at;
    const place = `${host}/${name}`;
    this.unread.push({ what: what.startsWith("the ") ? `${what} of ${place}` : `${place}${what}`, why });
  }
}

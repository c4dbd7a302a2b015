import { type Digest, isDigest } from "../../base/digest.ts";
import type { Reason } from "./registry-graph.ts";

/** What one engine said. An engine that said nothing is not here, but among what could not be read. */
export interface EngineFacts {
  readonly name: string;
  readonly images: readonly EngineImageFacts[];
  readonly containers: readonly EngineContainerFacts[];
}

export interface EngineImageFacts {
  /** The digest of its config, or with containerd of its manifest or index. */
  readonly id: string;
  /** `REPOSITORY:TAG`. */
  readonly repoTags: readonly string[];
  /** `REPOSITORY@DIGEST`. */
  readonly repoDigests: readonly string[];
  /** Bytes. */
  readonly size: number;
}

export interface EngineContainerFacts {
  readonly name: string;
  /** Also one that is stopped uses its image. */
  readonly state: string;
  readonly image: string;
  readonly imageId: string;
  readonly manifestDigest?: string;
}

export interface EngineItem {
  readonly engine: string;
  readonly id: string;
  /** The names to remove: all of the image, all of our repositories. */
  readonly names: readonly string[];
  readonly size: number;
  readonly reason: Reason;
}

/** Every digest that a container stands on: of its image's config, manifest, index, by every name that it has. */
export function digestsInUse(engines: readonly EngineFacts[]): Map<Digest, string> {
  const used = new Map<Digest, string>();
  for (const { name, images, containers } of engines) {
    for (const container of containers) {
      const image = images.find(({ id }) => id === container.imageId);
      const words = `the container ${container.name} (${container.state}) on ${name}`;
      const digests = [container.imageId, container.manifestDigest ?? "", afterAt(container.image)];
      for (const digest of [...digests, ...(image?.repoDigests ?? []).map(afterAt)]) {
        if (isDigest(digest) && !used.has(digest)) used.set(digest, words);
      }
    }
  }
  return used;
}

export interface LeftoverInputs {
  readonly engines: readonly EngineFacts[];
  /** `HOST/REPOSITORY` of the fleet's images. */
  readonly repositories: ReadonlySet<string>;
  /** Digests that stay in the registry. */
  readonly kept: ReadonlySet<Digest>;
  /** Digests that go from the registry, or went with a release that is not kept. */
  readonly gone: ReadonlySet<Digest>;
}

/** Our images on engines, those that go and those that stay. Images with a foreign name are not even listed. */
export function judgeEngineImages(inputs: LeftoverInputs): { remove: EngineItem[]; keep: EngineItem[] } {
  const judged: { remove: EngineItem[]; keep: EngineItem[] } = { remove: [], keep: [] };
  for (const { name: engine, images, containers } of inputs.engines) {
    const used = digestsInUse([{ name: engine, images, containers }]);
    for (const image of images) {
      const names = [...image.repoTags, ...image.repoDigests].filter((name) => !name.includes("<none>"));
      if (names.length === 0 || !names.every((name) => inputs.repositories.has(repositoryOf(name)))) continue;
      const digests = [image.id, ...image.repoDigests.map(afterAt)].filter(isDigest);
      const { goes, reason } = judge(digests, used, inputs);
      judged[goes ? "remove" : "keep"].push({ engine, id: image.id, names, size: image.size, reason });
    }
  }
  return judged;
}

function judge(
  digests: readonly Digest[],
  used: ReadonlyMap<Digest, string>,
  { kept, gone }: LeftoverInputs,
): { readonly goes: boolean; readonly reason: Reason } {
  const stays = (rule: string, because: string) => ({ goes: false, reason: { rule, because } });
  const user = digests.map((digest) => used.get(digest)).find((words) => words !== undefined);
  if (user !== undefined) return stays("container", `${user} uses it`);
  if (digests.some((digest) => kept.has(digest))) return stays("kept", "it stays in the registry");
  if (!digests.some((digest) => gone.has(digest))) {
    return stays("only-here", "no release or registry knows it: it may be only here");
  }
  return {
    goes: true,
    reason: { rule: "leftover", because: "it goes from the registry, and no container uses it" },
  };
}

function afterAt(name: string): string {
  return name.slice(name.indexOf("@") + 1);
}

function repositoryOf(name: string): string {
  const at = name.indexOf("@");
  if (at >= 0) return name.slice(0, at);
  const colon = name.lastIndexOf(":");
  return colon > name.lastIndexOf("/") ? name.slice(0, colon) : name;
}

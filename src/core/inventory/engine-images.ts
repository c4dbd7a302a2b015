import { parseImageRef } from "../oci/reference.ts";
import type { EngineContainerFact, EngineFact, EngineImageFact } from "./observed.ts";

/** A name of an image on an engine: `tag` is undefined where it was pulled by digest only. */
export interface EngineName {
  readonly host: string;
  readonly repository: string;
  readonly tag: string | undefined;
}

/** An image on an engine under one of its names. */
export interface NamedImage extends EngineName {
  readonly image: EngineImageFact;
  /** Every digest that may stand for it: index, manifests that lie there, config. */
  readonly digests: ReadonlySet<string>;
}

/** All names on an engine. Images without any name are left out: nothing says whose they are. */
export function namedImages(engine: EngineFact & { readonly state: "read" }): readonly NamedImage[] {
  return engine.images.flatMap((image) => {
    const names = namesOf(image);
    return names.map((name) => ({ ...name, image, digests: digestsOf(image, name) }));
  });
}

function namesOf({ repoTags, repoDigests }: EngineImageFact): readonly EngineName[] {
  const tagged = new Map<string, EngineName>();
  for (const text of repoTags) {
    const name = nameOf(text);
    if (name?.tag !== undefined) tagged.set(text, name);
  }
  const places = new Set([...tagged.values()].map(({ host, repository }) => `${host}/${repository}`));
  // containerd's store lists an image that was pulled by digest as its own tag, `REPOSITORY@DIGEST`.
  const untagged = new Map<string, EngineName>();
  for (const text of [...repoTags, ...repoDigests]) {
    const name = nameOf(text);
    const place = `${name?.host}/${name?.repository}`;
    if (name !== undefined && name.tag === undefined && !places.has(place)) untagged.set(place, name);
  }
  return [...tagged.values(), ...untagged.values()];
}

/** An engine may hold names that are no references (`<none>:<none>` of old engines): they say nothing. */
function nameOf(text: string): EngineName | undefined {
  try {
    const { host, repository, tag } = parseImageRef(text);
    return { host, repository, tag };
  } catch {
    return undefined;
  }
}

function digestsOf(image: EngineImageFact, { host, repository }: EngineName): ReadonlySet<string> {
  const recorded = image.repoDigests.flatMap((text) => {
    const name = nameOf(text);
    return name?.host === host && name.repository === repository ? [text.slice(text.indexOf("@") + 1)] : [];
  });
  return new Set([image.id, ...recorded, ...(image.manifests ?? []).map(({ digest }) => digest)]);
}

/** Containers that were made of any of these digests, by id and not by name: a moved tag leaves them behind. */
export function containersOf(
  engine: EngineFact & { readonly state: "read" },
  digests: ReadonlySet<string>,
): readonly EngineContainerFact[] {
  return engine.containers.filter(
    ({ imageId, manifestDigest }) =>
      digests.has(imageId) || (manifestDigest !== undefined && digests.has(manifestDigest)),
  );
}

/** Unpacked bytes, where the engine tells them; the classic store's size is unpacked by itself. */
export function unpackedBytes({ manifests, sizeBytes }: EngineImageFact): number | undefined {
  if (manifests === undefined) return sizeBytes;
  const known = manifests.flatMap((each) => each.unpackedBytes ?? []);
  return known.length === 0 ? undefined : known.reduce((sum, bytes) => sum + bytes, 0);
}

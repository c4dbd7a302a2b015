import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemCode } from "../../core/base/system-code.ts";
import { OciError } from "../../core/oci/error.ts";
import type { Descriptor, ImageIndex } from "../../core/oci/manifest.ts";
import { MediaType } from "../../core/oci/media-type.ts";
import { parseManifest } from "../../core/oci/parse-manifest.ts";
import { formatImageRef, type ImageRef } from "../../core/oci/reference.ts";
import { RegistryError } from "./error.ts";
import type { Repository } from "./port.ts";

/** index.json and oci-layout: which names a layout folder knows. */
export interface LayoutIndex {
  /** Creates the folder's frame where there is none; RegistryError REGISTRY_PROTOCOL where it is something else. */
  check(): Promise<void>;
  find(ref: ImageRef): Promise<Descriptor | undefined>;
  tags(at: Repository): Promise<readonly string[]>;
  set(ref: ImageRef & { readonly tag: string }, descriptor: Descriptor): Promise<void>;
}

// image-spec, annotations.md, and what containerd and BuildKit write beside it.
const REF_NAME = "org.opencontainers.image.ref.name";
const CONTAINERD_NAME = "io.containerd.image.name";
const LAYOUT = '{"imageLayoutVersion":"1.0.0"}';
const EMPTY: ImageIndex = { schemaVersion: 2, mediaType: MediaType.ociIndex, manifests: [] };

export function createLayoutIndex(folder: string): LayoutIndex {
  const path = join(folder, "index.json");
  let line: Promise<void> = Promise.resolve();
  const change = async (ref: ImageRef, descriptor: Descriptor): Promise<void> => {
    const name = formatImageRef({
      host: ref.host,
      repository: ref.repository,
      ...(ref.tag && { tag: ref.tag }),
    });
    const { manifests } = await readIndex(path);
    const named = { ...descriptor, annotations: { [REF_NAME]: name, [CONTAINERD_NAME]: name } };
    const others = manifests.filter((entry) => nameOf(entry) !== name);
    await replace(path, JSON.stringify({ ...EMPTY, manifests: [...others, named] }));
  };
  return {
    check: () => checkFrame(folder),
    async find(ref) {
      if (ref.tag === undefined) {
        throw new OciError("OCI_REFERENCE", `${formatImageRef(ref)} names neither a tag nor a digest`);
      }
      const { manifests } = await readIndex(path);
      const name = formatImageRef(ref);
      // A layout of one image (buildx, skopeo) names only the tag.
      const entry =
        manifests.find((each) => nameOf(each) === name) ?? manifests.find((each) => nameOf(each) === ref.tag);
      return entry && { mediaType: entry.mediaType, digest: entry.digest, size: entry.size };
    },
    async tags(at) {
      const { manifests } = await readIndex(path);
      const prefix = `${at.host}/${at.repository}:`;
      return manifests
        .map((entry) => nameOf(entry) ?? "")
        .filter((name) => name.startsWith(prefix) || !/[:/]/.test(name))
        .map((name) => (name.startsWith(prefix) ? name.slice(prefix.length) : name))
        .filter((tag) => tag !== "");
    },
    async set(ref, descriptor) {
      // One after the other: each reads what the one before wrote.
      const turn = line.then(() => change(ref, descriptor));
      line = turn.catch(() => undefined);
      await turn;
    },
  };
}

function nameOf({ annotations }: Descriptor): string | undefined {
  return annotations?.[CONTAINERD_NAME] ?? annotations?.[REF_NAME];
}

async function readIndex(path: string): Promise<ImageIndex> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    // Only a missing file is an answer.
    if (systemCode(error) === "ENOENT") return EMPTY;
    throw error;
  }
  try {
    const content = parseManifest(bytes, MediaType.ociIndex);
    if (content.kind === "index") return content.index;
  } catch (cause) {
    if (!(cause instanceof OciError)) throw cause;
    throw new RegistryError("REGISTRY_PROTOCOL", `${path}: ${cause.message}`, { cause });
  }
  throw new RegistryError("REGISTRY_PROTOCOL", `${path} is no index`);
}

async function checkFrame(folder: string): Promise<void> {
  const path = join(folder, "oci-layout");
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) {
    await mkdir(folder, { recursive: true });
    return replace(path, LAYOUT);
  }
  let version: unknown;
  try {
    // The member is checked below.
    version = (JSON.parse(text) as { imageLayoutVersion?: unknown } | null)?.imageLayoutVersion;
  } catch {
    version = undefined;
  }
  if (version !== "1.0.0")
    throw new RegistryError("REGISTRY_PROTOCOL", `${folder} is no OCI image layout 1.0.0`);
}

async function replace(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString("hex")}`;
  await writeFile(temporary, text, { flag: "wx", flush: true });
  await rename(temporary, path);
}

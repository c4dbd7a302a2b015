import { AuditError } from "../../core/audit/error.ts";
import { CYCLONEDX_TYPE } from "../../core/audit/sbom/cyclonedx.ts";
import { type ListedComponent, listedOf } from "../../core/audit/sbom/listed-sbom.ts";
import { parseSbom } from "../../core/audit/sbom/parse-sbom.ts";
import { collectBytes } from "../../core/base/collect-bytes.ts";
import type { Digest } from "../../core/base/digest.ts";
import { Annotation } from "../../core/oci/annotation.ts";
import type { SbomFacts } from "../../core/policy/gates/sbom.ts";
import type { Repository } from "../../edge/registry/port.ts";
import type { ParseCache } from "../../edge/tree/port.ts";
import { listsReferrers } from "../lists-referrers.ts";
import type { OpenFleet } from "../tags/open-fleet.ts";
import type { World } from "../world.ts";
import type { ReadTarget } from "./scan-targets.ts";

/** Of a document with all files of the largest images. */
const MAX_BYTES = 256 * 1024 * 1024;
/** Documents beside one image that are looked into. */
const MOST = 20;

interface Beside {
  readonly images: readonly ReadTarget[];
  readonly memory: ParseCache;
}

/** The SBOM beside each image of a platform, held against what the image has. `off` where the blueprint attaches none. */
export async function attachedSboms(
  world: Pick<World, "kill">,
  open: OpenFleet,
  { images, memory }: Beside,
): Promise<readonly SbomFacts[]> {
  if (open.fleet.blueprint.build.sbom === "off") return images.map(() => ({ state: "off" }));
  return Promise.all(images.map((image) => attachedSbom(world, open, { image, memory })));
}

async function attachedSbom(
  world: Pick<World, "kill">,
  open: OpenFleet,
  { image, memory }: { readonly image: ReadTarget; readonly memory: ParseCache },
): Promise<SbomFacts> {
  const { registry, host } = open;
  const { target } = image;
  const at = { host, repository: target.repository };
  if (!listsReferrers(registry)) return { state: "missing", why: "this registry lists no referrers" };
  const referrers = await registry.listReferrers(at, imageOf(image), { signal: world.kill });
  const found = referrers.filter(({ artifactType }) => artifactType === CYCLONEDX_TYPE);
  // A registry lists them in no order, and anybody may put more beside them: ours first, and one that is right will do.
  const ours = found.filter(({ annotations }) => annotations?.[Annotation.sbom] !== undefined);
  let first: SbomFacts | undefined;
  for (const { digest } of [...new Set([...ours, ...found])].slice(0, MOST)) {
    const facts = factsOf(image, digest, await listedIn(world, open, { at, artifact: digest, memory }));
    if (facts.state === "attached" && facts.of === undefined && facts.lacks.length === 0) return facts;
    first ??= facts;
  }
  return first ?? { state: "missing", why: `none of ${referrers.length} artifacts beside it is one` };
}

/** Of the platform's own manifest: an index has none, for it holds several. */
function imageOf({ target, examined }: ReadTarget): Digest {
  return examined.sbom.subject.digest ?? target.digest;
}

function factsOf(image: ReadTarget, artifact: Digest, listed: Listed): SbomFacts {
  if ("why" in listed) return { state: "missing", why: listed.why };
  const names = new Set(listed.names);
  const lacks = listedOf(image.examined.sbom)
    .components.map(nameOf)
    .filter((name) => !names.has(name));
  const { subject } = listed;
  const isOther = subject !== null && subject !== imageOf(image);
  return { state: "attached", artifact, lacks, ...(isOther ? { of: subject } : {}) };
}

/** As both sides write it: qualifiers may be left out of a document. */
function nameOf({ type, name, version = "" }: ListedComponent): string {
  return `pkg:${type}/${name}@${version}`;
}

interface Attached {
  readonly at: Repository;
  /** Of its manifest. */
  readonly artifact: Digest;
  readonly memory: ParseCache;
}

/** What a document says; null where it does not say which image it is of. */
interface Read {
  readonly subject: Digest | null;
  readonly names: readonly string[];
}

type Listed = Read | { readonly why: string };

/** It never changes, so it is read once. */
async function listedIn(
  { kill }: Pick<World, "kill">,
  { registry }: OpenFleet,
  { at, artifact, memory }: Attached,
): Promise<Listed> {
  const key = `sbom ${artifact}`;
  const known = memory.get(key);
  // Written below, and by nothing else: the memory has a digest over it.
  if (known !== undefined) return known as Read;
  const options = { signal: kill };
  const stored = await registry.readManifest({ ...at, digest: artifact }, options);
  const layer = stored?.content.kind === "manifest" ? stored.content.manifest.layers[0] : undefined;
  if (layer === undefined) return { why: `the artifact ${artifact} is gone` };
  if (layer.size > MAX_BYTES) return { why: `the artifact ${artifact} has ${layer.size} bytes` };
  try {
    const { components, subject } = parseSbom(await collectBytes(registry.readBlob(at, layer, options)));
    const read: Read = { subject: subject ?? null, names: components.map(nameOf) };
    memory.set(key, read);
    return read;
  } catch (error) {
    if (!(error instanceof AuditError)) throw error;
    return { why: `the artifact ${artifact} is no SBOM: ${error.message}` };
  }
}

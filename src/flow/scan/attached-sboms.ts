import { AuditError } from "../../core/audit/error.ts";
import { CYCLONEDX_TYPE } from "../../core/audit/sbom/cyclonedx.ts";
import { type ListedComponent, listedOf } from "../../core/audit/sbom/listed-sbom.ts";
import { parseSbom } from "../../core/audit/sbom/parse-sbom.ts";
import { collectBytes } from "../../core/base/collect-bytes.ts";
import type { Digest } from "../../core/base/digest.ts";
import type { SbomFacts } from "../../core/policy/gates/sbom.ts";
import type { Repository } from "../../edge/registry/port.ts";
import type { ParseCache } from "../../edge/tree/port.ts";
import { listsReferrers } from "../lists-referrers.ts";
import type { OpenFleet } from "../tags/open-fleet.ts";
import type { World } from "../world.ts";
import type { ReadTarget } from "./scan-targets.ts";

/** Of a document with all files of the largest images. */
const MAX_BYTES = 256 * 1024 * 1024;

interface Beside {
  readonly images: readonly ReadTarget[];
  readonly memory: ParseCache;
}

/** The SBOM beside each image, held against what the image has. `off` where the blueprint attaches none. */
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
  const { target, examined } = image;
  const at = { host, repository: target.repository };
  if (!listsReferrers(registry)) return { state: "missing", why: "this registry lists no referrers" };
  const referrers = await registry.listReferrers(at, target.digest, { signal: world.kill });
  const found = referrers.find(({ artifactType }) => artifactType === CYCLONEDX_TYPE);
  if (found === undefined)
    return { state: "missing", why: `none of ${referrers.length} artifacts beside it is one` };
  const listed = await listedIn(world, open, { at, artifact: found.digest, memory });
  if ("why" in listed) return { state: "missing", why: listed.why };
  const lacks = listedOf(examined.sbom)
    .components.map(nameOf)
    .filter((name) => !listed.names.has(name));
  return { state: "attached", artifact: found.digest, lacks };
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

type Listed = { readonly names: ReadonlySet<string> } | { readonly why: string };

/** What the document names. It never changes, so it is read once. */
async function listedIn(
  { kill }: Pick<World, "kill">,
  { registry }: OpenFleet,
  { at, artifact, memory }: Attached,
): Promise<Listed> {
  const key = `sbom ${artifact}`;
  const known = memory.get(key);
  // Written below, and by nothing else: the memory has a digest over it.
  if (known !== undefined) return { names: new Set(known as readonly string[]) };
  const options = { signal: kill };
  const stored = await registry.readManifest({ ...at, digest: artifact }, options);
  const layer = stored?.content.kind === "manifest" ? stored.content.manifest.layers[0] : undefined;
  if (layer === undefined) return { why: `the artifact ${artifact} is gone` };
  if (layer.size > MAX_BYTES) return { why: `the artifact ${artifact} has ${layer.size} bytes` };
  try {
    const { components } = parseSbom(await collectBytes(registry.readBlob(at, layer, options)));
    const names = components.map(nameOf);
    memory.set(key, names);
    return { names: new Set(names) };
  } catch (error) {
    if (!(error instanceof AuditError)) throw error;
    return { why: `the artifact ${artifact} is no SBOM: ${error.message}` };
  }
}

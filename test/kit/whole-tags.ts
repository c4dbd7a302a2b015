import { createHash } from "node:crypto";

const ACCEPT = ["application/vnd.oci.image.manifest.v1+json", "application/vnd.oci.image.index.v1+json"].join(
  ", ",
);

export interface WholeTags {
  /** `repository:tag` of everything that can be read to the last byte. */
  readonly whole: readonly string[];
  /** What a tag promises and the registry does not hold, with the reason. */
  readonly broken: readonly string[];
}

interface ManifestText {
  readonly config?: { readonly digest: string };
  readonly layers?: readonly { readonly digest: string; readonly size: number }[];
  readonly manifests?: readonly { readonly digest: string }[];
}

/**
 * Reads every tag of these repositories down to its last blob, with plain fetch, and hashes what it
 * gets: a tag may never stand on something that was not pushed whole.
 */
export async function readWholeTags(registry: string, repositories: readonly string[]): Promise<WholeTags> {
  const whole: string[] = [];
  const broken: string[] = [];
  const known = new Set<string>();
  for (const repository of repositories) {
    const url = `http://${registry}/v2/${repository}`;
    // A repository of which only blobs were pushed has no list of tags.
    const listed = await fetch(`${url}/tags/list`);
    const { tags } = listed.ok ? ((await listed.json()) as { tags: string[] | null }) : { tags: [] };
    for (const tag of tags ?? []) {
      const faults = await manifestFaults(url, tag, known);
      if (faults.length === 0) whole.push(`${repository}:${tag}`);
      else broken.push(`${repository}:${tag}: ${faults.join(", ")}`);
    }
  }
  return { whole, broken };
}

async function manifestFaults(url: string, reference: string, known: Set<string>): Promise<string[]> {
  const response = await fetch(`${url}/manifests/${reference}`, { headers: { accept: ACCEPT } });
  if (!response.ok) return [`manifest ${reference}: HTTP ${response.status}`];
  const manifest = (await response.json()) as ManifestText;
  const blobs = [manifest.config, ...(manifest.layers ?? [])].flatMap((each) => each?.digest ?? []);
  const faults: string[] = [];
  for (const digest of blobs.filter((each) => !known.has(url + each))) {
    const fault = await blobFault(url, digest);
    if (fault === undefined) known.add(url + digest);
    else faults.push(fault);
  }
  for (const child of manifest.manifests ?? [])
    faults.push(...(await manifestFaults(url, child.digest, known)));
  return faults;
}

async function blobFault(url: string, digest: string): Promise<string | undefined> {
  const response = await fetch(`${url}/blobs/${digest}`);
  if (!response.ok || response.body === null) return `blob ${digest}: HTTP ${response.status}`;
  const hash = createHash("sha256");
  for await (const chunk of response.body) hash.update(chunk);
  return `sha256:${hash.digest("hex")}` === digest ? undefined : `blob ${digest} has other bytes`;
}

import type { GeneratedFleet } from "../test/kit/generate-fleet.ts";
import { BenchFailure } from "./failure.ts";

const MANIFESTS = "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json";

/** The tags of `HOST:PORT/NAME` in a plain-HTTP registry; none where it does not know the repository. */
export async function tagsOf(repository: string): Promise<readonly string[]> {
  const { host, name } = split(repository);
  const response = await fetch(`http://${host}/v2/${name}/tags/list`);
  if (response.status === 404) return [];
  // The registry's own answer to this path (OCI distribution specification, "Listing Tags").
  const body = (await response.json()) as { readonly tags?: readonly string[] | null };
  return body.tags ?? [];
}

/** The digest that a tag points to. */
export async function digestOf(repository: string, tag: string): Promise<string> {
  const { host, name } = split(repository);
  const url = `http://${host}/v2/${name}/manifests/${tag}`;
  const response = await fetch(url, { method: "HEAD", headers: { accept: MANIFESTS } });
  const digest = response.headers.get("docker-content-digest");
  if (!response.ok || digest === null) throw new BenchFailure(`${url}: ${response.status}, no digest`);
  return digest;
}

/** The tags of a release: `{date}-{sha}`. */
export const RELEASE_TAG = /^\d{8}-[0-9a-f]{7,}$/;

/**
 * Throws BenchFailure unless every image of the fleet is in the namespace, under a tag of this form. A time counts only
 * for work that was done.
 */
export async function expectPushed(fleet: GeneratedFleet, namespace: string, form = /./): Promise<void> {
  const tags = await Promise.all(fleet.images.map(({ name }) => tagsOf(`${namespace}/${name}`)));
  const missing = fleet.images.filter((_, index) => !tags[index]?.some((tag) => form.test(tag)));
  if (missing.length > 0) {
    const some = missing.slice(0, 5).map(({ name }) => name);
    throw new BenchFailure(
      `not in ${namespace} under a tag like ${form.source}: ${missing.length}, such as ${some.join(", ")}`,
    );
  }
}

function split(repository: string): { readonly host: string; readonly name: string } {
  const slash = repository.indexOf("/");
  return { host: repository.slice(0, slash), name: repository.slice(slash + 1) };
}

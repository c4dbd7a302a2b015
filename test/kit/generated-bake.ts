import { join } from "node:path";
import type { GeneratedFleet } from "./generate-fleet.ts";

export interface BakeOptions {
  /** Where the images go: `HOST:PORT/NAMESPACE`. */
  readonly repository: string;
  readonly tag: string;
  /** Only these images, in bake's default group; their parents are linked in by bake itself. Default: all. */
  readonly images?: readonly string[];
}

/** A docker-bake.json; keys that bake reads, nothing else. */
export interface BakeFile {
  readonly group: { readonly default: { readonly targets: readonly string[] } };
  readonly target: Readonly<Record<string, BakeTarget>>;
}

export interface BakeTarget {
  readonly context: string;
  readonly dockerfile: string;
  readonly args: Readonly<Record<string, string>>;
  readonly contexts?: Readonly<Record<string, string>>;
  readonly platforms: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly output: readonly string[];
}

/**
 * The same work for `docker buildx bake`: one target an image, each linked to its parent's target, pushed with the same
 * exporter options as ours. Paths are absolute, so it does not matter where bake runs.
 */
export function bakeFile(fleet: GeneratedFleet, options: BakeOptions): BakeFile {
  const targets = fleet.images.map(({ name, parent, folder }): [string, BakeTarget] => [
    name,
    {
      context: join(fleet.folder, folder),
      dockerfile: join(fleet.folder, folder, "Dockerfile"),
      args: {
        SOURCE_DATE_EPOCH: String(fleet.epochSeconds),
        ...(parent === undefined ? {} : { BASE_IMAGE: parent }),
      },
      ...(parent === undefined ? {} : { contexts: { [parent]: `target:${parent}` } }),
      platforms: ["linux/amd64"],
      labels: { "org.opencontainers.image.revision": fleet.commit },
      output: [exporter(`${options.repository}/${name}:${options.tag}`)],
    },
  ]);
  const chosen = options.images ?? fleet.images.map(({ name }) => name);
  return { group: { default: { targets: chosen } }, target: Object.fromEntries(targets) };
}

/** Push under a name, with times rewritten; `store=false` is what lets the two go together on the docker driver. */
export function exporter(name: string): string {
  return `type=image,name=${name},push=true,store=false,oci-mediatypes=true,rewrite-timestamp=true`;
}

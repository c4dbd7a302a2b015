import { CACHE_TAG } from "../core/blueprint/tag-form.ts";
import { formatImageRef, type ImageRef } from "../core/oci/reference.ts";
import type { Subject } from "../core/plan/trace.ts";
import type { Fleet } from "./load-fleet.ts";

export interface CacheInputs {
  readonly fleet: Fleet;
  readonly host: string;
  readonly subject: Subject;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface CacheOptions {
  readonly cacheFrom: readonly string[];
  readonly cacheTo: readonly string[];
}

/**
 * One cache reference for each image: a shared one would keep only what the last image wrote. The guide's CACHE_FROM
 * and CACHE_TO are honoured, with the image's name as the tag of a registry reference that has none.
 */
export function cacheOptions({ fleet, host, subject, env }: CacheInputs): CacheOptions {
  const { declared } = subject.node;
  const given = { from: env["CACHE_FROM"] ?? "", to: env["CACHE_TO"] ?? "" };
  if (given.from !== "" || given.to !== "") {
    return {
      cacheFrom: given.from === "" ? [] : [ownReference(given.from, declared.name)],
      cacheTo: given.to === "" ? [] : [ownReference(given.to, declared.name)],
    };
  }
  if (declared.cache === "none") return { cacheFrom: [], cacheTo: [] };
  const ref = formatImageRef(cacheRefOf(fleet, host, declared.name));
  return {
    cacheFrom: [`type=registry,ref=${ref}`],
    cacheTo: [
      `type=registry,ref=${ref},mode=${declared.cache},image-manifest=true,oci-mediatypes=true,ignore-error=true`,
    ],
  };
}

/** Where an image's own build cache stands: beside the image, or in the place that the blueprint gives. */
export function cacheRefOf(
  { blueprint, place }: Pick<Fleet, "blueprint" | "place">,
  host: string,
  image: string,
): ImageRef {
  const given = blueprint.build.cacheRef;
  const at = given === undefined ? { host, namespace: place.namespace } : given;
  const repository = at.namespace === undefined ? image : `${at.namespace}/${image}`;
  return { host: at.host === "local" ? host : at.host, repository, tag: CACHE_TAG };
}

/** `REF` alone is buildx's short form of a registry cache. */
function ownReference(option: string, image: string): string {
  const long = option.includes("=") ? option : `type=registry,ref=${option}`;
  return long
    .split(",")
    .map((field) => {
      if (!field.startsWith("ref=")) return field;
      const name = field.slice(field.lastIndexOf("/") + 1);
      return /[:@]/.test(name) ? field : `${field}:${image}`;
    })
    .join(",");
}

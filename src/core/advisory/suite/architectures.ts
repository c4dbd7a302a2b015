import type { SbomComponent } from "../../audit/sbom/sbom.ts";

/** dpkg's names of those that OCI names otherwise. */
const BY_PLATFORM: ReadonlyMap<string, string> = new Map([
  ["linux/386", "i386"],
  ["linux/arm/v5", "armel"],
  ["linux/arm/v7", "armhf"],
  ["linux/ppc64le", "ppc64el"],
  ["linux/mips64le", "mips64el"],
]);

/**
 * The packages of an image by the architecture whose index lists them. Those for `all` stand in each; they go with what
 * the image has most of.
 */
export function byArchitecture(
  packages: readonly SbomComponent[],
  platform: string,
): ReadonlyMap<string, readonly SbomComponent[]> {
  const groups = new Map<string, SbomComponent[]>();
  const common: SbomComponent[] = [];
  for (const each of packages) {
    const own = architectureOf(each);
    if (own === undefined) common.push(each);
    else groups.set(own, [...(groups.get(own) ?? []), each]);
  }
  const [largest] = [...groups].sort(([, one], [, other]) => other.length - one.length);
  const native = largest?.[0] ?? BY_PLATFORM.get(platform) ?? platform.split("/")[1] ?? "";
  if (common.length > 0) groups.set(native, [...(groups.get(native) ?? []), ...common]);
  return groups;
}

/** As its purl has it; undefined where any index of the image would list it. */
function architectureOf({ purl }: SbomComponent): string | undefined {
  const [, own] = /[?&]arch=([^&#]*)/.exec(purl) ?? [];
  return own === undefined || own === "" || own === "all" ? undefined : own;
}

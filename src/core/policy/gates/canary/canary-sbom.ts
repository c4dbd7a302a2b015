import { cyclonedx } from "../../../audit/sbom/cyclonedx.ts";
import { purl } from "../../../audit/sbom/purl.ts";
import type { SbomComponent } from "../../../audit/sbom/sbom.ts";
import type { Digest } from "../../../base/digest.ts";
import type { CanaryDeb, CanaryDistribution } from "./canary-files.ts";

/** What a canary holds, as a CycloneDX document that was written by hand for it. */
export function canarySbom({
  name,
  digest,
  created,
  debs,
  distributions,
}: {
  readonly name: string;
  readonly digest: Digest;
  readonly created: string;
  readonly debs: readonly CanaryDeb[];
  readonly distributions: readonly CanaryDistribution[];
}): Uint8Array {
  const components = [
    ...debs.map((each) =>
      component("deb", each, {
        namespace: "debian",
        qualifiers: { arch: "amd64", distro: "debian-12", upstream: each.source },
      }),
    ),
    ...distributions.map((each) => component("pypi", { ...each, name: each.name.toLowerCase() }, {})),
  ];
  const subject = { name, digest, architecture: "amd64" };
  const system = { id: "debian", version: "12" };
  return new TextEncoder().encode(
    cyclonedx({ subject, created, tool: "canary", system, components }, { withFiles: false }),
  );
}

function component(
  ecosystem: SbomComponent["ecosystem"],
  { name, version }: { readonly name: string; readonly version: string },
  more: Omit<Parameters<typeof purl>[0], "type" | "name" | "version">,
): SbomComponent {
  const id = purl({ type: ecosystem, name, version, ...more });
  const nothing = { licences: [], files: [], dependsOn: [], broughtBy: undefined, about: {} };
  return { id, ecosystem, name, version, purl: id, ...nothing };
}

import type { SbomComponent } from "../../src/core/audit/sbom/sbom.ts";

/** An installed distribution as an SBOM has it; `folder` is where its metadata lies. */
export function pypiComponent(
  name: string,
  version: string,
  {
    folder = "opt/venv/lib/python3.11/site-packages",
    id,
  }: { readonly folder?: string; readonly id?: string } = {},
): SbomComponent {
  const purl = `pkg:pypi/${name.toLowerCase().replaceAll(/[-_.]+/g, "-")}@${version}`;
  return {
    id: id ?? purl,
    ecosystem: "pypi",
    name,
    version,
    purl,
    licences: [],
    files: [],
    dependsOn: [],
    broughtBy: undefined,
    about: { "python:metadata": `/${folder}/${name}-${version}.dist-info` },
  };
}

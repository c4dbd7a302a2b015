import type { SbomComponent } from "../../core/audit/sbom/sbom.ts";

const METADATA = /\.(?:dist|egg)-info(?:\/|$)|\.egg\/EGG-INFO(?:\/|$)/;

/**
 * A component with those of its files alone by which a package of the system owns a distribution of Python: scanners leave
 * such a one to the system, and would be taken for blind otherwise. All files would be nine tenths of what is kept.
 */
export function withMetadataFiles(component: SbomComponent): SbomComponent {
  const { ecosystem, files } = component;
  return { ...component, files: ecosystem === "deb" ? files.filter(({ path }) => METADATA.test(path)) : [] };
}

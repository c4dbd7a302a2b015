import type { Sbom } from "../../core/audit/sbom/sbom.ts";
import type { Digest } from "../../core/base/digest.ts";
import { shortDigest } from "../../core/base/digest.ts";
import { printable } from "./printable.ts";
import { renderTable } from "./table.ts";

interface SbomsView {
  readonly images: readonly { readonly sbom: Sbom }[];
  readonly left: readonly { readonly name: string; readonly why: string }[];
}

interface AttachedView {
  readonly image: string;
  readonly digest: Digest;
  readonly type: string;
  readonly artifact: Digest;
  readonly bytes: number;
  readonly isNew: boolean;
}

/** How many components each has, and which images have none, with why. */
export function renderSboms({ images, left }: SbomsView): string {
  const rows = images.map(({ sbom }) => {
    const { packages, distributions, edges, files } = countsOf(sbom);
    return [
      printable(sbom.subject.name),
      sbom.subject.digest === undefined ? "-" : shortDigest(sbom.subject.digest),
      `${packages} packages`,
      `${distributions} distributions`,
      `${edges} dependencies`,
      `${files} files`,
    ];
  });
  const missing = left.map(({ name, why }) => `${printable(name)}: no SBOM: ${printable(why)}\n`);
  return `${rows.length === 0 ? "" : `${renderTable(rows)}\n`}${missing.join("")}`;
}

export function renderAttached(attached: readonly AttachedView[]): string {
  if (attached.length === 0) return "";
  const rows = attached.map(({ image, type, artifact, isNew }) => [
    printable(image),
    type,
    artifact,
    isNew ? "attached" : "was there",
  ]);
  return `\n${renderTable(rows)}\n`;
}

interface MissingView {
  readonly images: readonly string[];
  readonly without: readonly { readonly name: string; readonly why: string }[];
}

/** How many have SBOMs now, and each that has none. */
export function renderMissing({ images, without }: MissingView): string {
  const lines = without.map(({ name, why }) => `${name}: no SBOM: ${why}`);
  return `${[`${images.length} with an SBOM beside it`, ...lines].join("\n")}\n`;
}

/** `sbom --json`: version 1; what the documents hold, in numbers. */
export function sbomsJson({ images, left }: SbomsView, attached: readonly AttachedView[]) {
  return {
    version: 1,
    images: images.map(({ sbom }) => ({
      name: sbom.subject.name,
      digest: sbom.subject.digest ?? null,
      ...countsOf(sbom),
      attached: attached
        .filter(({ image, digest }) => image === sbom.subject.name && digest === sbom.subject.digest)
        .map(({ type, artifact, bytes, isNew }) => ({ type, artifact, bytes, isNew })),
    })),
    left,
  };
}

function countsOf({ components }: Sbom) {
  const sum = (count: (each: Sbom["components"][number]) => number): number =>
    components.reduce((total, each) => total + count(each), 0);
  return {
    packages: sum(({ ecosystem }) => (ecosystem === "deb" ? 1 : 0)),
    distributions: sum(({ ecosystem }) => (ecosystem === "pypi" ? 1 : 0)),
    edges: sum(({ dependsOn }) => dependsOn.length),
    files: sum(({ files }) => files.length),
  };
}

import type { Digest } from "../../base/digest.ts";
import type { DistributionUse, GpuCode, ImageAudit, Mismatch, Missing, PackageUse } from "./image-audit.ts";
import { chainOf, type Reason } from "./reason.ts";

/** What was audited: images of a release, or of anywhere. */
export interface AuditedImages {
  readonly release: string | undefined;
  readonly images: readonly {
    readonly name: string;
    readonly digest: Digest | undefined;
    /** In words, why that content. */
    readonly source: string;
    readonly audit: ImageAudit;
  }[];
  /** Images that were not read. */
  readonly left: readonly { readonly name: string; readonly why: string }[];
}

/** An audit as a document, version 1: what `audit --json` prints, and the evidence for it. Chains are lists, from what the image is for to the thing itself. */
export function auditDocument({ release, images, left }: AuditedImages) {
  return {
    version: 1,
    release: release ?? null,
    images: images.map(({ name, digest, source, audit }) => ({
      name,
      digest: digest ?? null,
      source,
      packages: audit.packages.map(withChain<PackageUse>),
      distributions: audit.distributions.map(withChain<DistributionUse>),
      missing: audit.missing.map(withChain<Missing>),
      mismatches: audit.mismatches.map(withChain<Mismatch>),
      host: audit.host,
      gpu: audit.gpu === undefined ? null : gpuJson(audit.gpu),
      uncertain: audit.uncertain,
      unread: audit.unread,
    })),
    left,
  };
}

/** `unusable` is null where it is not known of all of the code. */
function gpuJson({ unusable, files, ...code }: GpuCode) {
  return {
    ...code,
    unusable: unusable ?? null,
    files: files.map((file) => ({ ...file, unusable: file.unusable ?? null })),
  };
}

function withChain<Item extends { readonly reason?: Reason | undefined }>({ reason, ...rest }: Item) {
  return { ...rest, chain: reason === undefined ? [] : chainOf(reason) };
}

/** Something that fails whenever the image runs, or a wheel or version that does not fit. */
export function hasFailure({ missing, mismatches }: ImageAudit): boolean {
  return (
    missing.some(({ level }) => level === "required") ||
    mismatches.some(({ severity }) => severity === "error")
  );
}

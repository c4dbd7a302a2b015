import type {
  DistributionUse,
  GpuCode,
  ImageAudit,
  Mismatch,
  Missing,
  PackageUse,
} from "../../core/policy/audit/image-audit.ts";
import { chainOf, type Reason } from "../../core/policy/audit/reason.ts";

interface AuditReportView {
  readonly release: string | undefined;
  readonly images: readonly {
    readonly name: string;
    readonly digest: string | undefined;
    readonly source: string;
    readonly audit: ImageAudit;
  }[];
  readonly left: readonly { readonly name: string; readonly why: string }[];
}

/** `audit --json`: version 1; chains are lists, from what the image is for to the thing itself. */
export function auditJson({ release, images, left }: AuditReportView) {
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

import type { DistributionUse, Mismatch, Missing, PackageUse } from "../../core/policy/audit/image-audit.ts";
import { chainOf, type Reason } from "../../core/policy/audit/reason.ts";
import type { AuditView } from "./audit-view.ts";

/** `audit --json`: version 1; chains are lists, from what the image is for to the thing itself. */
export function auditJson({ release, images, left }: AuditView) {
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
      uncertain: audit.uncertain,
      unread: audit.unread,
    })),
    left,
  };
}

function withChain<Item extends { readonly reason?: Reason | undefined }>({ reason, ...rest }: Item) {
  return { ...rest, chain: reason === undefined ? [] : chainOf(reason) };
}

import { hasFailure } from "./audit-document.ts";
import type { ImageAudit } from "./image-audit.ts";

/** What an audit of several images comes to, and why. */
export interface AuditOutcome {
  readonly outcome: "holds" | "fails" | "unknown";
  readonly reason: string;
}

/** A failure that is known counts before what is not; an image that was not read is never shown as good. */
export function auditOutcome({
  images,
  left,
}: {
  readonly images: readonly { readonly name: string; readonly audit: ImageAudit }[];
  readonly left: readonly { readonly name: string }[];
}): AuditOutcome {
  const failing = images.filter(({ audit }) => hasFailure(audit)).map(({ name }) => name);
  if (failing.length > 0)
    return {
      outcome: "fails",
      reason: `something that is needed is missing or does not fit in ${failing.join(", ")}`,
    };
  if (left.length > 0)
    return { outcome: "unknown", reason: `not read: ${left.map(({ name }) => name).join(", ")}` };
  return { outcome: "holds", reason: "nothing that is needed is missing" };
}

import type { Digest } from "../../core/base/digest.ts";
import { canonicalJson, type Json } from "../../core/base/json.ts";
import { auditDocument, hasFailure } from "../../core/policy/audit/audit-document.ts";
import type { DockerfilePatch } from "../../core/policy/audit/patch-dockerfile.ts";
import type { AuditBody } from "../../core/record/kinds.ts";
import { openFleet } from "../tags/open-fleet.ts";
import type { World } from "../world.ts";
import type { AuditReport } from "./audit-images.ts";
import type { PatchProof } from "./proof/prove-patches.ts";

/** Keeps what an audit of images of the fleet found; nothing where the newest entry says the same, or where none is of it. */
export async function recordAudit(world: World, report: AuditReport): Promise<void> {
  const images = report.images.filter(({ ofFleet }) => ofFleet);
  const failing = images.filter(({ audit }) => hasFailure(audit)).map(({ name }) => name);
  await record(world, {
    what: "audit",
    release: report.release ?? null,
    images: images.flatMap(({ name, digest }) => (digest === undefined ? [] : [{ name, digest }])),
    outcome: failing.length > 0 ? "fails" : report.left.length > 0 ? "unknown" : "holds",
    reason:
      failing.length > 0
        ? `something that is needed is missing or does not fit in ${failing.join(", ")}`
        : report.left.length > 0
          ? `not read: ${report.left.map(({ name }) => name).join(", ")}`
          : "nothing that is needed is missing",
    document: auditDocument({ ...report, images }),
  });
}

/** Keeps what a proof came to, with the patches that it is of. */
export async function recordProof(
  world: World,
  { patches, proof }: { readonly patches: readonly DockerfilePatch[]; readonly proof: PatchProof },
): Promise<void> {
  const { images, left } = proof;
  const open = images.filter(({ outcome }) => outcome !== "proven");
  await record(world, {
    what: "proof",
    release: null,
    images: images.flatMap(({ name, after }) =>
      after === undefined ? [] : [{ name, digest: after.digest }],
    ),
    outcome: open.some(({ outcome }) => outcome === "refuted")
      ? "fails"
      : open.length + left.length > 0
        ? "unknown"
        : "holds",
    reason: open[0]?.reasons[0] ?? `${images.length} images are smaller, and run and import as before`,
    document: { version: 1, patches: patches.map(({ file, diff }) => ({ file, diff })), images, left },
  });
}

async function record(
  world: World,
  { document, ...body }: Omit<AuditBody, "report" | "tool"> & { readonly document: unknown },
): Promise<void> {
  if (body.images.length === 0) return;
  const { state } = await openFleet(world);
  // It is made of values alone; interfaces have no index signature.
  const report: Digest = await state.evidence.put(new TextEncoder().encode(canonicalJson(document as Json)));
  const last = await state.ledger.last("audit");
  if (last?.body.what === body.what && last.body.report === report) return;
  await state.ledger.append("audit", { ...body, report, tool: world.version });
}

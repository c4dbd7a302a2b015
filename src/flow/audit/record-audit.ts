import type { Digest } from "../../core/base/digest.ts";
import { canonicalJson, type Json } from "../../core/base/json.ts";
import { auditDocument } from "../../core/policy/audit/audit-document.ts";
import { auditOutcome } from "../../core/policy/audit/audit-outcome.ts";
import type { DockerfilePatch } from "../../core/policy/audit/patch-dockerfile.ts";
import type { AuditBody } from "../../core/record/kinds.ts";
import type { FleetState, World } from "../world.ts";
import type { AuditReport } from "./audit-report.ts";
import type { PatchProof } from "./proof/prove-patches.ts";

/** Keeps what an audit of images of the fleet found; nothing where the newest entry says the same, or where none is of it. */
export async function recordAudit(
  { version }: Pick<World, "version">,
  { state, ...report }: AuditReport,
): Promise<void> {
  const images = report.images.filter(({ ofFleet }) => ofFleet);
  await record(state, {
    what: "audit",
    release: report.release ?? null,
    images: images.flatMap(({ name, digest }) => (digest === undefined ? [] : [{ name, digest }])),
    ...auditOutcome({ ...report, images }),
    tool: version,
    document: auditDocument({ ...report, images }),
  });
}

/** Keeps what a proof came to, with the patches that it is of. */
export async function recordProof(
  { version }: Pick<World, "version">,
  { state }: Pick<AuditReport, "state">,
  { patches, proof }: { readonly patches: readonly DockerfilePatch[]; readonly proof: PatchProof },
): Promise<void> {
  const { images, left } = proof;
  const open = images.filter(({ outcome }) => outcome !== "proven");
  await record(state, {
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
    tool: version,
    document: { version: 1, patches: patches.map(({ file, diff }) => ({ file, diff })), images, left },
  });
}

async function record(
  state: FleetState | undefined,
  { document, ...body }: Omit<AuditBody, "report"> & { readonly document: unknown },
): Promise<void> {
  if (state === undefined || body.images.length === 0) return;
  // It is made of values alone; interfaces have no index signature.
  const report: Digest = await state.evidence.put(new TextEncoder().encode(canonicalJson(document as Json)));
  const last = await state.ledger.last("audit");
  if (last?.body.what === body.what && last.body.report === report) return;
  await state.ledger.append("audit", { ...body, report });
}

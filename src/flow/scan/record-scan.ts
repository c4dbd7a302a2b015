import { canonicalJson, type Json } from "../../core/base/json.ts";
import type { ScanReport } from "../../core/policy/gates/gate.ts";
import { letsThrough } from "../../core/policy/gates/outcome.ts";
import type { ScanBody } from "../../core/record/kinds.ts";
import type { OpenFleet } from "../tags/open-fleet.ts";

/** Keeps what the gates said: the report as evidence, and in the ledger what it comes to. */
export async function recordScan(
  { state }: Pick<OpenFleet, "state">,
  report: ScanReport,
  tool: string,
): Promise<void> {
  const { release, asOf, images, outcome, sources } = report;
  if (images.length === 0) return;
  // It is made of values alone; interfaces have no index signature.
  const text = canonicalJson(JSON.parse(JSON.stringify(report)) as Json);
  const body: ScanBody = {
    release,
    asOf,
    images: images.map(({ name, digest }) => ({ name, digest })),
    outcome,
    reason: reasonOf(report),
    databases: sources.flatMap(({ source, database }) =>
      database === undefined ? [] : [{ source, digest: database.digest }],
    ),
    report: await state.evidence.put(new TextEncoder().encode(text)),
    tool,
  };
  const last = await state.ledger.last("scan");
  // The same of the same day again says nothing new.
  if (last?.body.report === body.report) return;
  await state.ledger.append("scan", body);
}

function reasonOf({ images, left }: ScanReport): string {
  const stopped = images.filter(({ outcome }) => !letsThrough(outcome));
  const [first] = stopped;
  const unseen = left.find(({ asked }) => asked);
  if (first === undefined && unseen !== undefined) return `${unseen.name} was not judged: ${unseen.why}`;
  if (first === undefined) return `${images.length} images pass every gate`;
  const worst = first.verdicts.find(({ outcome }) => outcome === first.outcome);
  const more = stopped.length > 1 ? ` and ${stopped.length - 1} more images` : "";
  return `${first.name}: ${worst?.reason ?? first.outcome}${more}`;
}

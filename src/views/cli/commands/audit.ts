import { resolve } from "node:path";
import type { ExitCode } from "../../../core/base/error.ts";
import { suggest } from "../../../core/base/suggest.ts";
import { auditDocument } from "../../../core/policy/audit/audit-document.ts";
import { auditOutcome } from "../../../core/policy/audit/audit-outcome.ts";
import { auditImages } from "../../../flow/audit/audit-images.ts";
import type { AuditAsk, AuditReport } from "../../../flow/audit/audit-report.ts";
import { fleetInRepository } from "../../../flow/audit/fleet-in-repository.ts";
import { patchFleet } from "../../../flow/audit/patch-fleet.ts";
import { recordAudit, recordProof } from "../../../flow/audit/record-audit.ts";
import { namesToAsk, renderAudit, renderAuditWhy, renderPatchNotes } from "../../render/audit.ts";
import { proofJson, renderProof } from "../../render/proof.ts";
import { type Call, flagOn, flagText } from "../command.ts";
import { UsageError } from "../error.ts";
import { waitOf } from "../selection.ts";

export async function run(call: Call): Promise<ExitCode> {
  const ask = askOf(call);
  const form = formOf(call);
  const report = await auditImages(call.world, ask);
  await recordAudit(call.world, report);
  if (form === "prove") return prove(call, report);
  call.endProgress();
  await writePage(call, report);
  await FORMS[form](call, report);
  return EXITS[auditOutcome(report).outcome];
}

const EXITS = { holds: 0, fails: 1, unknown: 3 } as const;

/** Nothing to take out is no failure; a patch that anything speaks against is. */
async function prove(call: Call, report: AuditReport): Promise<ExitCode> {
  const { world, io, flags } = call;
  const patches = await patchFleet(world, report);
  const { provePatches } = await import("../../../flow/audit/proof/prove-patches.ts");
  const tier = flagText(flags, "tier");
  const proof = await provePatches(world, patches, {
    tier: tier === "cpu" || tier === "gpu" ? tier : undefined,
    wait: waitOf(flags),
  });
  await recordProof(world, report, { patches, proof });
  call.endProgress();
  if (flagOn(flags, "json")) io.out(`${JSON.stringify(proofJson(proof, patches), null, 2)}\n`);
  else {
    io.out(patches.map(({ diff }) => diff).join(""));
    io.err(renderPatchNotes(patches));
    io.err(renderProof(proof));
  }
  if (proof.images.some(({ outcome }) => outcome !== "proven")) return 1;
  return proof.left.length > 0 ? 3 : 0;
}

async function writePage({ flags, io, world }: Call, report: AuditReport): Promise<void> {
  const path = flagText(flags, "html");
  if (path === undefined) return;
  const { renderAuditHtml } = await import("../../render/audit-html.ts");
  await world.writeFile(resolve(world.cwd, path), renderAuditHtml(report));
  if (!flagOn(flags, "quiet")) io.err(`wrote ${path}\n`);
}

function askOf({ operands, flags }: Call): AuditAsk {
  const family = flagText(flags, "family");
  const ways = [operands.length > 0, family !== undefined, flagOn(flags, "all")];
  if (ways.filter(Boolean).length > 1)
    throw new UsageError("USAGE_FLAG", "named images, --family and --all exclude each other");
  return {
    images: family === undefined ? operands : [family],
    dependents: family !== undefined,
    alone: flagOn(flags, "alone"),
    reached: flagText(flags, "html") !== undefined,
  };
}

/** What the answer on stdout is. */
type Form = "text" | "json" | "sarif" | "patch" | "prove" | "why";

function formOf({ flags }: Call): Form {
  // A proof has a form as JSON of its own.
  const proof = flagOn(flags, "prove")
    ? (["prove"] as const)
    : flagOn(flags, "json")
      ? (["json"] as const)
      : [];
  const asked: readonly Form[] = [
    ...proof,
    ...(["sarif", "patch"] as const).filter((form) => flagOn(flags, form)),
    ...(flagText(flags, "why") === undefined ? [] : (["why"] as const)),
  ];
  if (asked.length > 1)
    throw new UsageError(
      "USAGE_FLAG",
      `${asked.map((form) => `--${form}`).join(" and ")} exclude each other`,
    );
  return asked[0] ?? "text";
}

function notThere(name: string, names: ReadonlySet<string>): UsageError {
  const near = suggest(name, names);
  const hint =
    near === undefined ? "`--json` lists what is in them, and what they lack" : `did you mean ${near}?`;
  return new UsageError("USAGE_FLAG", `nothing in these images is called ${name}`, { hint });
}

const FORMS: Readonly<
  Record<Exclude<Form, "prove">, (call: Call, report: AuditReport) => void | Promise<void>>
> = {
  text: ({ io }, report) => io.out(renderAudit(report)),
  json: ({ io }, report) => io.out(`${JSON.stringify(auditDocument(report), null, 2)}\n`),
  why: ({ io, flags }, report) => {
    const name = flagText(flags, "why") ?? "";
    const names = namesToAsk(report);
    // An image that was not read may have it.
    if (!names.has(name) && report.left.length === 0) throw notThere(name, names);
    io.out(renderAuditWhy(report, name));
  },
  patch: async ({ io, world }, report) => {
    const patches = await patchFleet(world, report);
    io.out(patches.map(({ diff }) => diff).join(""));
    io.err(renderPatchNotes(patches));
  },
  sarif: async ({ io, world }, report) => {
    const { auditSarif } = await import("../../render/audit-sarif.ts");
    // Only what is of the fleet has lines in its repository.
    const hasPlaces = report.images.some(({ ofFleet }) => ofFleet);
    const places = hasPlaces ? await fleetInRepository(world) : { prefix: "" };
    io.out(auditSarif({ report, version: world.version, ...places }));
  },
};

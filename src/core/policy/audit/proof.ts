import type { Digest } from "../../base/digest.ts";
import type { Verdict } from "../verdict.ts";
import type { ImageAudit } from "./image-audit.ts";

/** An image before a patch or after it, as it was built, read and run. */
export interface ProofSide {
  readonly digest: Digest;
  /** Of its layers, as they lie in the registry and unpacked. */
  readonly compressed: number;
  readonly unpacked: number;
  readonly audit: ImageAudit;
  readonly imports: ImportsRun;
}

/** What importing each module of an image gave, each in a process of its own. */
export type ImportsRun =
  | { readonly state: "ran"; readonly modules: ReadonlyMap<string, { readonly failure: string | undefined }> }
  /** No container could be started, or it did not end. */
  | { readonly state: "unknown"; readonly why: string };

export interface ImageProof {
  readonly name: string;
  readonly before: Omit<ProofSide, "audit" | "imports">;
  readonly after: Omit<ProofSide, "audit" | "imports"> | undefined;
  /** Modules that can be imported before and after. */
  readonly imported: number;
  /** Positive where the patch made it smaller. */
  readonly saved: { readonly compressed: number; readonly unpacked: number };
  readonly outcome: "proven" | "refuted" | "unknown";
  readonly reasons: readonly string[];
}

/** A proof holds where the image is built, lacks nothing that it did not lack, imports what it did, and runs. */
export function judgeProof({
  name,
  before,
  after,
  verdicts,
}: {
  readonly name: string;
  readonly before: ProofSide;
  readonly after: ProofSide | { readonly failure: string };
  /** Of starting the new image. */
  readonly verdicts: readonly Verdict[];
}): ImageProof {
  const old = sideOf(before);
  if ("failure" in after) {
    const saved = { compressed: 0, unpacked: 0 };
    const reasons = [`it cannot be built: ${after.failure}`];
    return { name, before: old, after: undefined, imported: 0, saved, outcome: "refuted", reasons };
  }
  const broken = [
    ...newFailures(before.audit, after.audit),
    ...brokenImports(before.imports, after.imports),
    ...verdicts
      .filter(({ outcome }) => outcome === "fails")
      .map(({ rule, reasons }) => `${rule}: ${reasons.map(({ message }) => message).join("; ")}`),
  ];
  const unknown = [
    ...[before.imports, after.imports].flatMap((run) =>
      run.state === "unknown" ? [`its modules were not imported: ${run.why}`] : [],
    ),
    ...verdicts
      .filter(({ outcome }) => outcome === "unknown")
      .map(({ rule, reasons }) => `${rule}: ${reasons.map(({ message }) => message).join("; ")}`),
  ];
  return {
    name,
    before: old,
    after: sideOf(after),
    imported: importedOf(after.imports),
    saved: {
      compressed: before.compressed - after.compressed,
      unpacked: before.unpacked - after.unpacked,
    },
    outcome: broken.length > 0 ? "refuted" : unknown.length > 0 ? "unknown" : "proven",
    reasons: [...broken, ...unknown],
  };
}

function sideOf({ digest, compressed, unpacked }: ProofSide) {
  return { digest, compressed, unpacked };
}

/** What is required and missing, or does not fit, and was not before. */
function newFailures(before: ImageAudit, after: ImageAudit): readonly string[] {
  const failures = ({ missing, mismatches }: ImageAudit): readonly string[] => [
    ...missing
      .filter(({ level }) => level === "required")
      .map(({ what, name }) => `${what} ${name} is missing`),
    ...mismatches
      .filter(({ severity }) => severity === "error")
      .map(({ subject, message }) => `${subject}: ${message}`),
  ];
  const known = new Set(failures(before));
  return failures(after).filter((each) => !known.has(each));
}

function brokenImports(before: ImportsRun, after: ImportsRun): readonly string[] {
  if (before.state !== "ran" || after.state !== "ran") return [];
  return [...before.modules].flatMap(([module, { failure }]) => {
    const now = after.modules.get(module);
    if (failure !== undefined || (now !== undefined && now.failure === undefined)) return [];
    return [`import ${module} worked before, and now: ${now?.failure ?? "was not tried"}`];
  });
}

function importedOf(run: ImportsRun): number {
  return run.state === "ran"
    ? [...run.modules.values()].filter(({ failure }) => failure === undefined).length
    : 0;
}

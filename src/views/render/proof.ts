import { shortDigest } from "../../core/base/digest.ts";
import type { DockerfilePatch } from "../../core/policy/audit/patch-dockerfile.ts";
import type { ImageProof } from "../../core/policy/audit/proof.ts";
import { megabytes } from "./audit-view.ts";
import { printable } from "./printable.ts";
import { renderTable } from "./table.ts";

export interface ProofView {
  readonly images: readonly ImageProof[];
  readonly left: readonly { readonly name: string; readonly why: string }[];
}

/** A line for each image, below it what speaks against the patch. */
export function renderProof({ images, left }: ProofView): string {
  if (images.length + left.length === 0) return "nothing to take out, so nothing to prove\n";
  const rows = images.map(({ name, outcome, before, after, saved, imported }) => [
    name,
    outcome,
    `${shortDigest(before.digest)} -> ${after === undefined ? "-" : shortDigest(after.digest)}`,
    `${megabytes(saved.unpacked)} smaller (${megabytes(saved.compressed)} compressed)`,
    `${imported} modules imported`,
  ]);
  const against = images.flatMap(({ name, reasons }) => reasons.map((why) => `${name}: ${printable(why)}`));
  const others = left.map(({ name, why }) => `${name}: not looked at: ${printable(why)}`);
  const notes = [...against, ...others].map((line) => `${line}\n`).join("");
  return `${images.length === 0 ? "" : `${renderTable(rows)}\n`}${notes}`;
}

/** `audit --prove --json`: version 1. */
export function proofJson({ images, left }: ProofView, patches: readonly DockerfilePatch[]) {
  return {
    version: 1,
    patches: patches.map(({ file, diff, removed, kept }) => ({ file, diff, removed, kept })),
    images: images.map((each) => ({ ...each, after: each.after ?? null })),
    left,
  };
}

import type { Budget } from "../../blueprint/blueprint.ts";
import type { GateFinding } from "./gate.ts";
import type { GateFacts } from "./gate-verdict.ts";

/** Both sizes of an image, in bytes, are within what its tier may have. Undefined where its tier has no budget. */
export function budgetGate(
  size: { readonly compressed: number; readonly unpacked: number },
  budget: Budget,
): GateFacts | undefined {
  const kinds = (["compressed", "unpacked"] as const).flatMap((kind) => {
    const most = budget[kind];
    return most === undefined ? [] : [{ kind, bytes: size[kind], most }];
  });
  if (kinds.length === 0) return undefined;
  return {
    gate: "budget",
    findings: kinds
      .filter(({ bytes, most }) => bytes > most)
      .map(
        ({ kind, bytes, most }): GateFinding => ({
          id: `over-${kind}`,
          level: "deny",
          message: `${kind} it has ${megabytes(bytes)}, ${megabytes(bytes - most)} over its budget of ${megabytes(most)}`,
          hint: "lapstrake size shows which layers and packages; lapstrake audit what nothing uses",
        }),
      ),
    holds: kinds
      .map(({ kind, bytes, most }) => `${megabytes(bytes)} of ${megabytes(most)} ${kind}`)
      .join(", "),
    inputs: [],
  };
}

function megabytes(bytes: number): string {
  return bytes < 100_000 ? `${bytes} B` : `${(bytes / 1e6).toFixed(1)} MB`;
}

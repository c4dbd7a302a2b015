import type { Digest } from "../../base/digest.ts";
import type { GateName } from "../../blueprint/gate-policy.ts";
import type { VerdictInput } from "../verdict.ts";
import type { Waivers } from "./apply-waivers.ts";
import type { GateFinding, GateVerdict } from "./gate.ts";
import { outcomeOf } from "./outcome.ts";

/** What a gate found in an image, before waivers. */
export interface GateFacts {
  readonly gate: GateName;
  readonly findings: readonly GateFinding[];
  /** What was looked at, where nothing was found: one line. */
  readonly holds: string;
  readonly inputs: readonly VerdictInput[];
}

const TOLD = 2;

/** One verdict of one gate. */
export function gateVerdict(
  { gate, findings, holds, inputs }: GateFacts,
  { image, digest }: { readonly image: string; readonly digest: Digest },
  waivers: Waivers,
): GateVerdict {
  const judged = findings.map((finding) => waivers.apply(finding, { gate, image, digest }));
  const outcome = outcomeOf(judged);
  const open = judged.filter(({ level, waiver }) => level !== "note" && waiver === undefined);
  const waived = judged.filter(({ waiver }) => waiver !== undefined);
  const notes = judged.filter(({ level }) => level === "note");
  const reason =
    open.length > 0
      ? told(open)
      : waived.length > 0
        ? `waived: ${told(waived)}`
        : notes.length > 0
          ? `${holds}; ${notes.length} noted`
          : holds;
  return { gate, image, digest, outcome, reason, findings: judged, inputs };
}

function told(findings: readonly GateFinding[]): string {
  const shown = findings.slice(0, TOLD).map(({ message }) => message);
  const more = findings.length > TOLD ? ` and ${findings.length - TOLD} more` : "";
  return `${shown.join("; ")}${more}`;
}

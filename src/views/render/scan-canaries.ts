import type { CanaryResult } from "../../core/policy/gates/gate.ts";
import { behind, type ScanStyle } from "./scan-style.ts";

/** What was planted in this run and what its gate said, each of them, as their gates come. */
export function renderCanaries(canaries: readonly CanaryResult[], style: ScanStyle): readonly string[] {
  return canaries.map((canary) => canaryLine(canary, style));
}

/** Those that did not do what they must; the others are counted. */
export function canaryLines(canaries: readonly CanaryResult[], style: ScanStyle): readonly string[] {
  const dead = canaries.filter(({ alive }) => !alive);
  const alive = canaries.length - dead.length;
  if (canaries.length === 0) return [];
  const must = alive === 1 ? "1 canary did what it must" : `${alive} canaries did what they must`;
  return [...renderCanaries(dead, style), `  ${must} (--canary shows each)`];
}

function canaryLine({ gate, planted, alive, found, reason }: CanaryResult, style: ScanStyle): string {
  return behind(
    alive ? ["alive", "green"] : ["DEAD", "red"],
    `${gate}: ${planted}: the gate said ${found} (${reason})`,
    style,
  );
}

import { GATES, type GateName } from "../../../src/core/blueprint/gate-policy.ts";
import type { VulnerabilitySource } from "../../../src/edge/scanner/port.ts";
import { fixedSource } from "../../kit/fixed-source.ts";
import type { TestMachine } from "../../kit/world.ts";

/** The machine's fleet with these gates alone; `more` are further lines of `gates:`. */
export function gate(machine: TestMachine, on: readonly GateName[], more: readonly string[] = []): void {
  const off = GATES.filter((each) => !on.includes(each)).map((each) => `    ${each}: not now`);
  const blueprint = String(machine.files["lapstrake.yaml"]);
  machine.files["lapstrake.yaml"] = [
    blueprint.trimEnd(),
    "gates:",
    ...(off.length === 0 ? [] : ["  off:", ...off]),
    ...more.map((line) => `  ${line}`),
    "",
  ].join("\n");
}

/** A source whose knowledge is of this very moment; `meanwhile` happens while it looks. */
export function seeingSource(now: () => number, meanwhile: () => void = () => {}): VulnerabilitySource {
  return fixedSource({ updatedAt: now, meanwhile });
}

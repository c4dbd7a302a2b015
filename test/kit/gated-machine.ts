import type { VulnerabilitySource } from "../../src/edge/scanner/port.ts";
import { fixedSource } from "./fixed-source.ts";
import { memoryReferrers } from "./memory-referrers.ts";
import { buildSound, type Fault } from "./sound-builder.ts";
import { createTestMachine, type TestMachine } from "./world.ts";

export interface GatedOptions {
  /** Of the blueprint: what stands behind `gates:`. */
  readonly gates?: string;
  /** By image. */
  readonly faults?: Readonly<Record<string, Fault>>;
  readonly sources?: readonly VulnerabilitySource[];
  /** Of a file that is all that the policy names. */
  readonly waivers?: readonly MadeWaiver[];
}

export interface MadeWaiver {
  readonly gate: string;
  readonly id: string;
  readonly image: string;
  readonly from?: string;
  readonly until?: string;
}

export const WAIVERS_FILE = "waivers.yaml";

/** The sample fleet with gates, built so that none of them finds anything but the faults; its registry lists referrers. */
export async function gatedMachine({
  gates = "{}",
  faults = {},
  sources = [fixedSource()],
  waivers,
}: GatedOptions = {}): Promise<TestMachine> {
  const machine = await createTestMachine();
  const policy = waivers === undefined ? gates : `{ waivers: ${WAIVERS_FILE} }`;
  machine.files["lapstrake.yaml"] = `${String(machine.files["lapstrake.yaml"])}gates: ${policy}\n`;
  if (waivers !== undefined) machine.files[WAIVERS_FILE] = waiversText(waivers);
  machine.sources = sources;
  machine.faults = memoryReferrers(machine.registry);
  buildSound(machine, faults);
  return machine;
}

function waiversText(waivers: readonly MadeWaiver[]): string {
  const entries = waivers.map(
    ({ gate, id, image, from = "2026-02-01", until = "2026-03-20" }) =>
      `  - { gate: ${gate}, id: ${id}, image: "${image}", why: "it is being mended", who: "somebody", from: ${from}, until: ${until} }\n`,
  );
  return `version: 1\nwaivers:${entries.length === 0 ? " []" : ""}\n${entries.join("")}`;
}

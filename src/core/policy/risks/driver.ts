import { compareReleases } from "../contradictions/release-number.ts";
import { quiet, raised, type Sighting, unknown } from "./risk-state.ts";

/** The NVIDIA driver of one machine, or why it is not known. */
export type DriverReading =
  | { readonly machine: string; readonly version: string }
  | { readonly machine: string; readonly why: string };

/**
 * Raised where a driver is older than the floor, compared by numbers (`535.54` after `535.9`), unknown where one could
 * not be read: a machine that is silent is no proof that all is well.
 */
export function driverSighting(floor: string, readings: readonly DriverReading[]): Sighting {
  const judged = readings.map((reading) => judge(floor, reading));
  const details = judged.map(({ text }) => text);
  const of = (verdict: Judged["verdict"]): readonly string[] =>
    judged.filter((each) => each.verdict === verdict).map(({ machine }) => machine);
  const [old, silent] = [of("old"), of("silent")];
  if (old.length > 0) return raised(`the driver of ${old.join(" and ")} is older than ${floor}`, details);
  if (silent.length > 0) return unknown(`nothing is known of the driver of ${silent.join(" and ")}`, details);
  if (judged.length === 0)
    return unknown("no machine of the blueprint has a gpu: there is no driver to look at");
  return quiet(`every driver is ${floor} or newer`, details);
}

interface Judged {
  readonly machine: string;
  readonly verdict: "old" | "silent" | "good";
  readonly text: string;
}

function judge(floor: string, reading: DriverReading): Judged {
  const { machine } = reading;
  if ("why" in reading) return { machine, verdict: "silent", text: `${machine}: unknown, ${reading.why}` };
  const order = compareReleases(reading.version, floor);
  if (order === undefined) {
    return { machine, verdict: "silent", text: `${machine}: "${reading.version}" is no version of a driver` };
  }
  return { machine, verdict: order < 0 ? "old" : "good", text: `${machine}: driver ${reading.version}` };
}

/** The version in `/proc/driver/nvidia/version` ("NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.129.03  Thu …"). */
export function driverInProc(text: string): string | undefined {
  const line = text
    .slice(0, 4096)
    .split("\n")
    .find((each) => each.startsWith("NVRM version:"));
  return line?.split(/\s+/).find((word) => /^\d{2,4}(?:\.\d{1,4}){1,2}$/.test(word));
}

/** The lowest of what `nvidia-smi --query-gpu=driver_version --format=csv,noheader` says; a card that has none has no driver. */
export function driverInSmi(text: string): string | undefined {
  const lines = text
    .trim()
    .split("\n")
    .slice(0, 64)
    .map((line) => line.trim());
  if (lines.some((line) => !/^\d{2,4}(?:\.\d{1,4}){1,2}$/.test(line))) return undefined;
  return lines.toSorted((a, b) => compareReleases(a, b) ?? 0)[0];
}

import type { GpuArchitecture, GpuCode } from "../../core/policy/audit/image-audit.ts";

/** Files shown; `--json` has them all. */
const SHOWN = 5;

/** What an image carries for which GPUs, what of it no machine of the fleet can run, and the files that have most of that. */
export function gpuLines({ machines, architectures, bytes, unusable, files }: GpuCode): readonly string[] {
  const wasted = files.filter((file) => (file.unusable ?? 0) > 0);
  const largest = [...wasted]
    .sort((a, b) => (b.unusable ?? 0) - (a.unusable ?? 0))
    .slice(0, SHOWN)
    .map((file) => `    /${file.path}: ${megabytes(file.unusable ?? 0)} of ${megabytes(file.bytes)}`);
  return [
    `  code for GPUs: ${megabytes(bytes)} in ${files.length} file${files.length === 1 ? "" : "s"}, ${verdict(unusable, bytes, machines)}`,
    ...architectures.map((each) => `    ${lineOf(each)}`),
    ...(largest.length === 0 ? [] : ["  most that no machine can run:", ...largest]),
    ...(wasted.length > SHOWN ? [`    and ${wasted.length - SHOWN} more files (--json)`] : []),
  ];
}

function verdict(unusable: number | undefined, bytes: number, machines: GpuCode["machines"]): string {
  if (unusable !== undefined)
    return `${megabytes(unusable)} (${Math.round((100 * unusable) / bytes)} %) of it for GPUs that ${listOf(machines)} cannot use`;
  const silent = machines.filter(({ sm }) => sm === undefined);
  if (silent.length === machines.length) return "no machine says which it has (machines.NAME.sm)";
  return `not known what is for none: ${silent.map(({ name }) => name).join(", ")} does not say which it has (machines.NAME.sm)`;
}

function listOf(machines: GpuCode["machines"]): string {
  return machines.map(({ name, sm }) => (sm === undefined ? name : `${name} (${sm})`)).join(" and ");
}

function lineOf({ architecture, bytes, use, runsOn }: GpuArchitecture): string {
  const how = architecture.startsWith("compute_") ? "can be compiled on" : "runs on";
  const says =
    use === "usable"
      ? `${how} ${runsOn.join(", ")}`
      : use === "unusable"
        ? "no machine can run it"
        : "unknown";
  return `${architecture.padEnd(12)}${megabytes(bytes).padStart(10)}  ${says}`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

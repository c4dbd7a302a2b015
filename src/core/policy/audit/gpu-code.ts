import type { GpuFacts } from "../../audit/elf/elf-facts.ts";
import type { Machine } from "../../blueprint/blueprint.ts";
import type { GpuArchitecture, GpuCode } from "./image-audit.ts";

/** A machine as far as its GPU is concerned. */
export type GpuMachine = Pick<Machine, "name" | "gpu" | "sm">;

/**
 * Which architectures of GPUs an image carries code for, and what of it no machine can run. Undefined where it carries none.
 *
 * CUDA's rules (C++ Programming Guide, "Compute Capabilities", binary and PTX compatibility): machine code `sm_XY` runs on GPUs
 * X.Z with Z >= Y, but between Tegra and others; PTX `compute_XY` is compiled by the driver for any GPU from X.Y on. The letter of `sm_90a` is not stored where
 * `FatBinaryScan` reads: such code counts as `sm_90`, so that it may be called usable where it is not, never the other way.
 */
export function gpuCode(
  files: ReadonlyMap<string, GpuFacts>,
  machines: readonly GpuMachine[],
): GpuCode | undefined {
  const withGpu = machines.filter(({ gpu, sm }) => gpu !== undefined || sm !== undefined);
  const judged = (code: GpuFacts["code"]) => sumsOf(code.map((each) => judge(each, withGpu)));
  // Hard links of a file share its facts; its bytes are there once.
  const distinct = [...new Map([...files].reverse().map(([path, facts]) => [facts, path]))];
  if (distinct.length === 0) return undefined;
  return {
    machines: withGpu.map(({ name, sm }) => ({ name, ...(sm === undefined ? {} : { sm }) })),
    ...judged(distinct.flatMap(([{ code }]) => code)),
    files: distinct
      .map(([{ code }, path]) => ({ path, ...judged(code) }))
      .sort((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1)),
  };
}

function judge(
  { architecture, bytes }: GpuFacts["code"][number],
  machines: readonly GpuMachine[],
): GpuArchitecture {
  const runsOn = machines.flatMap(({ name, sm }) =>
    sm !== undefined && canRun(architecture, sm) ? [name] : [],
  );
  const isKnown = machines.length > 0 && machines.every(({ sm }) => sm !== undefined);
  const use = runsOn.length > 0 ? "usable" : isKnown ? "unusable" : "unknown";
  return { architecture, bytes, use, runsOn };
}

/** TX1, TX2, Xavier, Orin, Thor by its two numbers: code for one of them runs on no other, nor that of others on it. */
const TEGRA: ReadonlySet<number> = new Set([53, 62, 72, 87, 101, 110]);

/** `architecture` as `FatBinaryScan` writes it, `sm` as a blueprint does: `8.6`. */
function canRun(architecture: string, sm: string): boolean {
  const of = Number(/\d+$/.exec(architecture)?.[0]);
  const gpu = Number(sm.replace(".", ""));
  if (architecture.startsWith("compute_") || gpu === of) return gpu >= of;
  if (TEGRA.has(gpu) || TEGRA.has(of)) return false;
  return gpu > of && Math.floor(gpu / 10) === Math.floor(of / 10);
}

/** Architectures of one name together, the oldest first; PTX behind the machine code of its architecture. */
function sumsOf(all: readonly GpuArchitecture[]): Pick<GpuCode, "architectures" | "bytes" | "unusable"> {
  const byName = new Map<string, GpuArchitecture>();
  for (const each of all) {
    const bytes = (byName.get(each.architecture)?.bytes ?? 0) + each.bytes;
    byName.set(each.architecture, { ...each, bytes });
  }
  const architectures = [...byName.values()].sort((a, b) => orderOf(a) - orderOf(b));
  const bytesOf = (those: readonly GpuArchitecture[]) => those.reduce((sum, { bytes }) => sum + bytes, 0);
  const isOpen = architectures.some(({ use }) => use === "unknown");
  return {
    architectures,
    bytes: bytesOf(architectures),
    unusable: isOpen ? undefined : bytesOf(architectures.filter(({ use }) => use === "unusable")),
  };
}

function orderOf({ architecture }: GpuArchitecture): number {
  return 2 * Number(/\d+$/.exec(architecture)?.[0]) + (architecture.startsWith("compute_") ? 1 : 0);
}

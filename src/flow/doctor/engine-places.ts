import type { EngineProbe } from "../../edge/engine/probe.ts";
import type { EngineFile } from "../../edge/tree/engine-file.ts";
import type { ForecastPlace } from "./disk-forecast.ts";
import type { Machine } from "./machine.ts";

export interface PlaceInputs {
  readonly machine: Machine;
  readonly engine: EngineFile;
  /** Asked only about an engine that is not ours: it alone knows where it keeps its data. */
  readonly probe: () => Promise<EngineProbe>;
  /** Where images are pushed. */
  readonly host: string;
}

/** The folders that a build fills, as far as they are on this machine; none for an engine elsewhere or in a VM. */
export async function buildPlaces(inputs: PlaceInputs): Promise<readonly ForecastPlace[]> {
  const { machine, engine, host } = inputs;
  const [engineDisk, registryDisk] = await Promise.all([
    firstDisk(machine, await engineFolders(inputs)),
    host === engine.registry ? machine.disk(machine.folders.registry) : undefined,
  ]);
  const places: ForecastPlace[] = [];
  if (engineDisk !== undefined) places.push({ use: "engine", ...engineDisk });
  // The registry of a host without Debian packages is a container: its bytes are where the engine's are.
  const registry = host === engine.registry ? (registryDisk ?? engineDisk) : undefined;
  if (registry !== undefined) places.push({ use: "registry", ...registry });
  return places;
}

async function engineFolders({ machine, engine, probe }: PlaceInputs): Promise<readonly string[]> {
  if (engine.kind === "private") return [machine.folders.engine];
  // What listens on TCP may be anywhere.
  if (!engine.dockerHost.startsWith("unix://")) return [];
  const { info } = await probe();
  if (info === undefined || info.rootDir === "") return [];
  // With its image store in a containerd of the system, Docker's data root holds next to nothing.
  return info.containerdStore ? ["/var/lib/containerd", info.rootDir] : [info.rootDir];
}

async function firstDisk(
  machine: Machine,
  folders: readonly string[],
): Promise<Omit<ForecastPlace, "use"> | undefined> {
  for (const folder of folders) {
    const disk = await machine.disk(folder);
    if (disk !== undefined) return disk;
  }
  return undefined;
}

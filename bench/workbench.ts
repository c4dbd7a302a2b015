import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { EngineFile } from "../src/edge/tree/engine-file.ts";
import { fleetState, treeState } from "../src/edge/tree/state.ts";
import { type FleetOptions, type GeneratedFleet, generateFleet } from "../test/kit/generate-fleet.ts";
import { type InterleaveOptions, interleave, type Side } from "./interleave.ts";
import { type Command, type Completed, runCommand } from "./run-command.ts";

export interface WorkbenchOptions {
  readonly engine: EngineFile;
  /** Lapstrake's state folder. */
  readonly state: string;
  /** Argv prefix of the lapstrake that is measured. */
  readonly program: readonly string[];
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

export interface BenchFleetOptions extends Pick<FleetOptions, "images" | "levels" | "seed"> {
  readonly label: string;
  /** As the blueprint writes it; a namespace of the fleet's own in the engine's registry where it is left out. */
  readonly registry?: string;
}

const REST_MS = 500;

/** Where a benchmark works: a temporary folder, names that no other run has, and the two programs to compare. */
export class Workbench {
  readonly engine: EngineFile;
  readonly program: readonly string[];
  readonly say: (line: string) => void;
  readonly #state: string;
  readonly #signal: AbortSignal;
  readonly #id = randomBytes(4).toString("hex");
  readonly #fleets: GeneratedFleet[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), "lapstrake-bench-"));

  constructor({ engine, state, program, signal, say }: WorkbenchOptions) {
    this.engine = engine;
    this.program = program;
    this.say = say;
    this.#state = state;
    this.#signal = signal;
  }

  /** A file of the bench's own that goes when the bench closes. */
  path(name: string): string {
    return join(this.#folder, name);
  }

  /** A fleet with a name of its own. Content differs from every other run's unless a seed says not. */
  fleet({ label, seed, registry, ...options }: BenchFleetOptions): GeneratedFleet {
    const name = `bench-${this.#id}-${label}`;
    this.say(`making a fleet of ${options.images} images: ${name}`);
    const fleet = generateFleet({
      ...options,
      folder: this.path(label),
      name,
      registry: registry ?? `local/${name}`,
      seed: `${this.#id} ${label} ${seed ?? ""}`,
    });
    this.#fleets.push(fleet);
    return fleet;
  }

  /** The folder of the caches that lapstrake keeps of a fleet's work tree. */
  treeStateOf(fleet: GeneratedFleet): string {
    return treeState(this.#state, fleet.folder);
  }

  /** The folder of a fleet's ledger, whose namespace is its name. */
  fleetStateOf({ name }: GeneratedFleet): string {
    return fleetState(this.#state, name, `local/${name}`);
  }

  run(command: Command): Promise<Completed> {
    return runCommand(command, this.#signal);
  }

  /** The sides in turn, as `interleave` has it, with a rest before each run and a line after it. */
  compare(sides: readonly Side[], rounds: number): Promise<ReadonlyMap<string, readonly number[]>> {
    const onRun: InterleaveOptions["onRun"] = (round, name, value) =>
      this.say(`round ${round + 1}/${rounds}  ${name}  ${value.toFixed(3)}`);
    return interleave(sides, { rounds, rest: () => sleep(REST_MS), onRun });
  }

  /** Removes the fleets, and what lapstrake kept of them. What they pushed stays in the registry (some kilobytes each). */
  close(): void {
    for (const fleet of this.#fleets) rmSync(this.treeStateOf(fleet), { recursive: true, force: true });
    rmSync(this.#folder, { recursive: true, force: true });
    for (const folder of this.#states(`bench-${this.#id}-`)) rmSync(folder, { recursive: true, force: true });
  }

  #states(prefix: string): readonly string[] {
    const fleets = join(this.#state, "fleets");
    const names = foldersIn(fleets).filter((name) => name.startsWith(prefix));
    return names.map((name) => join(fleets, name));
  }
}

function foldersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { stateFolder } from "../src/edge/tree/state.ts";
import type { GeneratedFleet } from "../test/kit/generate-fleet.ts";
import { BenchFailure } from "./failure.ts";
import { lapstrakeCommand } from "./lapstrake-command.ts";
import type { Command, Completed } from "./run-command.ts";
import { expectStock, type Stock } from "./stock.ts";
import { runWithUsage, type Usage } from "./usage.ts";
import type { Workbench } from "./workbench.ts";

/** What an inventory took: of the clock, and of the CPUs by the program itself, without the registry. */
export type Look = Pick<Completed & Usage, "seconds" | "cpuSeconds">;

/** `lapstrake inventory` of a fleet whose registry was stocked, with a state folder of its own. */
export class InventorySide {
  readonly #bench: Workbench;
  readonly #command: Command;
  readonly #stock: Stock;
  readonly #digests: string;

  constructor(bench: Workbench, fleet: GeneratedFleet, stock: Stock) {
    const state = bench.path(`state-of-${fleet.name}`);
    mkdirSync(state);
    copyFileSync(join(stateFolder(process.env, homedir()), "engine.json"), join(state, "engine.json"));
    const command = lapstrakeCommand(bench, fleet, "inventory", "--json", "--progress=none");
    this.#bench = bench;
    this.#command = { ...command, env: { ...command.env, LAPSTRAKE_STATE: state } };
    this.#stock = stock;
    this.#digests = join(state, "digests");
  }

  /** Nothing of the registry was ever read before. */
  cold(): Promise<Look> {
    rmSync(this.#digests, { recursive: true, force: true });
    return this.warm();
  }

  /** The cache is as the last look left it. */
  async warm(): Promise<Look> {
    const { seconds, cpuSeconds, stdout } = await runWithUsage(this.#bench, this.#command);
    this.#expectTrue(stdout);
    return { seconds, cpuSeconds };
  }

  /** A time counts only for a table that has every tag with its digest, and says that all is in step. */
  #expectTrue(stdout: string): void {
    // What our own command prints: see docs/cli/inventory.md.
    const { rows, drifted, uncertain } = JSON.parse(stdout) as {
      readonly rows: readonly {
        readonly repository: string;
        readonly tag?: string;
        readonly registry: { readonly digest?: string };
      }[];
      readonly drifted: boolean;
      readonly uncertain: boolean;
    };
    if (drifted || uncertain) throw new BenchFailure("the inventory says that something is not in step");
    const found = new Map(
      rows.map(({ repository, tag, registry }) => [`${repository}:${tag}`, registry.digest]),
    );
    expectStock(this.#stock, found);
  }
}

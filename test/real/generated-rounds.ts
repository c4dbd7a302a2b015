import { randomBytes } from "node:crypto";
import { setMaxListeners } from "node:events";
import { appendFileSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ReleaseBody } from "../../src/core/record/kinds.ts";
import { release } from "../../src/flow/release.ts";
import type { World } from "../../src/flow/world.ts";
import { connectWorld } from "../../src/views/cli/wire.ts";
import { FLAGS } from "../flow/run.ts";
import { engineStateFolder } from "../kit/engine.ts";
import { type GeneratedFleet, generateFleet } from "../kit/generate-fleet.ts";
import { commitFolder } from "../kit/generated-commit.ts";
import { contentFile } from "../kit/generated-files.ts";

/**
 * Four images on the local registry, under a name of their own, with a state folder of their own: each round changes one
 * and releases all on the real engine. The last releases stay in the registry: some kilobytes.
 */
export class GeneratedRounds {
  readonly scratch: string;
  /** Of the fleet, and its namespace. */
  readonly name: string;
  readonly releases: ReleaseBody[] = [];
  #fleet: GeneratedFleet | undefined;

  constructor(word: string) {
    // As the program does: one signal for every request.
    setMaxListeners(0);
    this.scratch = mkdtempSync(join(tmpdir(), `lapstrake-${word}-`));
    this.name = `${word}-${randomBytes(4).toString("hex")}`;
  }

  get folder(): string {
    return join(this.scratch, "fleet");
  }

  get fleet(): GeneratedFleet {
    if (this.#fleet === undefined) throw new Error("the fleet was not generated yet");
    return this.#fleet;
  }

  /** Needs the engine. `blueprint` is put behind the generated one. */
  generate(blueprint = ""): void {
    const { name, folder } = this;
    copyFileSync(join(engineStateFolder(), "engine.json"), join(this.scratch, "engine.json"));
    const registry = `local/${name}`;
    this.#fleet = generateFleet({ folder, name, registry, images: 4, levels: 2, seed: name });
    appendFileSync(join(folder, "lapstrake.yaml"), blueprint);
  }

  /** A world of its own each time, as that of a new process. */
  world(): World {
    return connectWorld({
      cwd: this.folder,
      env: {
        ...process.env,
        LAPSTRAKE_STATE: this.scratch,
        TAG: "",
        DATE: "",
        SHA: "",
        ORG: "",
        PLATFORM: "",
      },
      blueprintFile: undefined,
      stamp: "test",
      version: "0.0.0",
      drain: new AbortController().signal,
      kill: new AbortController().signal,
      onEvent: () => {},
    });
  }

  /** Changes the content of this image, commits, and releases. */
  async release(changed: { readonly folder: string } | undefined): Promise<void> {
    const round = this.releases.length + 1;
    writeFileSync(join(this.folder, changed?.folder ?? "", contentFile(0)), `${this.name} round ${round}\n`);
    commitFolder(this.folder, `Round ${round}`, this.fleet.epochSeconds + round);
    const report = await release(this.world(), { ...FLAGS, failFast: true });
    if (report.state !== "released") throw new Error(`release ${round} ${report.state}`);
    this.releases.push(report.release);
  }

  remove(): void {
    rmSync(this.scratch, { recursive: true });
  }
}

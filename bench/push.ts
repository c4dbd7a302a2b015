import { fileURLToPath } from "node:url";
import { peerProgram } from "../test/kit/peer-program.ts";
import type { Benchmark, Measurement } from "./benchmark.ts";
import { BenchFailure } from "./failure.ts";
import { cleanEnvironment } from "./lapstrake-command.ts";
import { type OwnRegistry, startOwnRegistry } from "./own-registry.ts";
import { projectRoot } from "./program.ts";
import { type LayoutLayer, writeLayout } from "./push-layout.ts";
import type { Command } from "./run-command.ts";
import { runWithUsage } from "./usage.ts";
import type { Workbench } from "./workbench.ts";

const LAYERS = 60;
const MB = 1e6;
const HUGE = 2.9e9;
const MEMORY_MIB = 120;

export const push: Benchmark = {
  name: "push",
  work: `${LAYERS} layers of 1 to 50 MB, half of them there; with --runs 1 also 2.9 GB in one layer. Peer: skopeo copy`,
  target: `no slower; peak memory below ${MEMORY_MIB} MiB`,
  runs: 3,
  async measure(bench, runs) {
    const registry = await startOwnRegistry(bench, "registry");
    try {
      const many = await new Pushes(bench, registry, {
        label: `${LAYERS} layers`,
        sizes: Array.from({ length: LAYERS }, (_, index) => scaled((1 + ((index * 37) % 50)) * MB)),
      }).measure(runs);
      if (runs > 1) return many;
      const one = await new Pushes(bench, registry, { label: "one layer", sizes: [scaled(HUGE)] }).measure(
        runs,
      );
      return [...many, ...one];
    } finally {
      registry.close();
    }
  },
};

/** Makes a trial run small: LAPSTRAKE_BENCH_SCALE=0.05. A number that is quoted has the whole size. */
function scaled(bytes: number): number {
  const scale = Number(process.env["LAPSTRAKE_BENCH_SCALE"] ?? "1");
  if (!(scale > 0 && scale <= 1))
    throw new BenchFailure("LAPSTRAKE_BENCH_SCALE: expected a number above 0, at most 1", 2);
  return Math.ceil(bytes * scale);
}

interface Image {
  readonly label: string;
  readonly sizes: readonly number[];
}

/** Pushes of one image, each into a repository that has half of its layers (none where it has one). */
class Pushes {
  readonly #bench: Workbench;
  readonly #registry: OwnRegistry;
  readonly #image: Image;
  readonly #name: string;
  #layers: readonly LayoutLayer[] = [];
  #count = 0;

  constructor(bench: Workbench, registry: OwnRegistry, image: Image) {
    this.#bench = bench;
    this.#registry = registry;
    this.#image = image;
    this.#name = image.label.replaceAll(" ", "-");
  }

  async measure(runs: number): Promise<readonly Measurement[]> {
    this.#bench.say(`making an image: ${this.#image.label}`);
    this.#layers = await writeLayout(this.#folder, this.#image.sizes);
    // The registry has every blob then, so that no side pays for the disk of the first write more than the other.
    await this.#bench.run(this.#ours(this.#repository("all")));
    const skopeo = peerProgram(projectRoot(), "skopeo");
    const sides = [
      { name: "ours", run: () => this.#time((to) => this.#ours(to)) },
      { name: "peer", run: () => this.#time((to) => this.#peer(skopeo, to)) },
    ];
    const samples = await this.#bench.compare(sides, runs);
    const { peakMiB } = await runWithUsage(this.#bench, this.#ours(await this.#prepared()));
    return [
      {
        name: `push of ${this.#image.label}`,
        unit: "s",
        ours: samples.get("ours") ?? [],
        peer: samples.get("peer") ?? [],
        ratio: "ours / peer",
        limits: [{ kind: "ratio-at-most", value: 1 }],
      },
      {
        name: `peak memory of that push (${this.#image.label})`,
        unit: "MiB",
        ours: [peakMiB],
        peer: [],
        peerAbsent: "the hook that reads the peak is Node's",
        ratio: "ours / peer",
        limits: [{ kind: "ours-below", value: MEMORY_MIB }],
      },
    ];
  }

  get #folder(): string {
    return this.#bench.path(this.#name);
  }

  #repository(word: string): string {
    return `bench/${this.#name}/${word}`;
  }

  async #time(command: (to: string) => Command): Promise<number> {
    const to = await this.#prepared();
    const { seconds } = await this.#bench.run(command(to));
    await this.#expectWhole(to);
    return seconds;
  }

  /** A new repository with half of the layers, mounted. */
  async #prepared(): Promise<string> {
    this.#count += 1;
    const to = this.#repository(`run-${this.#count}`);
    const half = this.#layers.filter((_, index) => index % 2 === 1);
    for (const { digest } of half) {
      const query = `mount=${digest}&from=${this.#repository("all")}`;
      const url = `http://${this.#registry.host}/v2/${to}/blobs/uploads/?${query}`;
      const { status } = await fetch(url, { method: "POST" });
      if (status !== 201) throw new BenchFailure(`${url}: expected 201, got ${status}`);
    }
    return to;
  }

  /** A time counts only for work that was done. */
  async #expectWhole(to: string): Promise<void> {
    const base = `http://${this.#registry.host}/v2/${to}`;
    const accept = "application/vnd.oci.image.manifest.v1+json";
    const urls = [`${base}/manifests/image`, ...this.#layers.map(({ digest }) => `${base}/blobs/${digest}`)];
    for (const url of urls) {
      const { status } = await fetch(url, { method: "HEAD", headers: { accept } });
      if (status !== 200) throw new BenchFailure(`${url}: not there after the push (${status})`);
    }
  }

  #ours(to: string): Command {
    const program = fileURLToPath(new URL("./push-program.js", import.meta.url));
    const argv = [process.execPath, program, this.#folder, this.#registry.host, to];
    return { argv, cwd: this.#folder, env: cleanEnvironment() };
  }

  #peer(skopeo: string, to: string): Command {
    const target = `docker://${this.#registry.host}/${to}:image`;
    // One policy for all: a fresh package has no policy file.
    const argv = [
      skopeo,
      "--insecure-policy",
      "copy",
      "--quiet",
      "--preserve-digests",
      "--dest-tls-verify=false",
    ];
    return {
      argv: [...argv, `oci:${this.#folder}:image`, target],
      cwd: this.#folder,
      env: cleanEnvironment(),
    };
  }
}

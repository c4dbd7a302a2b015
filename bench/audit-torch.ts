import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { peerProgram } from "../test/kit/peer-program.ts";
import type { Benchmark } from "./benchmark.ts";
import { BenchFailure } from "./failure.ts";
import { cleanEnvironment } from "./lapstrake-command.ts";
import { projectRoot } from "./program.ts";
import type { Command } from "./run-command.ts";
import { runWithUsage } from "./usage.ts";
import type { Workbench } from "./workbench.ts";

const IMAGE = "haymayndzultra/family-llm-cu121";
const RELEASE = /^\d{8}-[0-9a-f]{7,}$/;
const MEMORY_MIB = 400;

export const auditTorch: Benchmark = {
  name: "audit-torch",
  work: "reading the released family-llm-cu121 image for a link audit. Peers: decompressing and hashing its layers once; syft; a loop of ldd in a container",
  target: `cold at most 1.3 times the first and 3 times as fast as syft, warm 10 times as fast as the loop; below ${MEMORY_MIB} MiB`,
  runs: 3,
  async measure(bench, runs) {
    const image = await imageOf(bench);
    const cache = bench.path("layers");
    const links = command(bench, "links", image, cache);
    const floor = command(bench, "floor", image);
    const loop = docker(bench, "run", "--rm", "--network=none", "--entrypoint=sh", image, "-c", LDD_LOOP);
    /** A time counts only for work that was done: each side prints how much it found. */
    const seconds = async (of: Command, atLeast = 10_000): Promise<number> => {
      const { seconds: spent, stdout } = await bench.run(of);
      if (!(Number(stdout) > atLeast))
        throw new BenchFailure(`expected an image of many files, found ${stdout}`);
      return spent;
    };
    const cold = async (): Promise<number> => {
      rmSync(cache, { recursive: true, force: true });
      return seconds(links);
    };
    const sides = [
      { name: "cold", run: cold },
      { name: "warm", run: () => seconds(links) },
      { name: "floor", run: () => seconds(floor) },
      { name: "syft", run: async () => (await bench.run(syft(bench, image))).seconds },
      { name: "ldd", run: () => seconds(loop, 1000) },
    ];
    await bench.run(docker(bench, "pull", "--quiet", image));
    const samples = await bench.compare(sides, runs);
    rmSync(cache, { recursive: true, force: true });
    const { peakMiB } = await runWithUsage(bench, links);
    const of = (name: string) => samples.get(name) ?? [];
    return [
      {
        name: "cold read of the image",
        unit: "s",
        ours: of("cold"),
        peer: of("floor"),
        ratio: "ours / peer",
        limits: [{ kind: "ratio-at-most", value: 1.3 }],
      },
      {
        name: "the same, with what an earlier run learnt of its layers",
        unit: "s",
        ours: of("warm"),
        peer: of("floor"),
        ratio: "ours / peer",
        limits: [{ kind: "ours-below", value: 5 }],
      },
      {
        name: "the cold read, against syft",
        unit: "s",
        ours: of("cold"),
        peer: of("syft"),
        ratio: "peer / ours",
        limits: [{ kind: "ratio-at-least", value: 3 }],
      },
      {
        name: "the warm read, against ldd in a container",
        unit: "s",
        ours: of("warm"),
        peer: of("ldd"),
        ratio: "peer / ours",
        limits: [{ kind: "ratio-at-least", value: 10 }],
      },
      {
        name: "peak memory of the cold read",
        unit: "MiB",
        ours: [peakMiB],
        peer: [],
        peerAbsent: "the hook that reads the peak is Node's",
        ratio: "ours / peer",
        limits: [{ kind: "ours-below", value: MEMORY_MIB }],
      },
    ];
  },
};

function command(bench: Workbench, ...args: readonly string[]): Command {
  const program = fileURLToPath(new URL("./audit-torch-program.js", import.meta.url));
  return { argv: [process.execPath, program, ...args], cwd: bench.path("."), env: cleanEnvironment() };
}

/** What people write: ldd of each library, its failures passed over; the number of lines shows that it was done. */
const LDD_LOOP = `find / -xdev -type f -name '*.so*' | while read -r file; do ldd "$file" || true; done 2>&1 | wc -l`;

function docker(bench: Workbench, ...args: readonly string[]): Command {
  return {
    argv: [...bench.engine.docker, ...args],
    cwd: projectRoot(),
    env: { ...cleanEnvironment(), DOCKER_HOST: bench.engine.dockerHost, DOCKER_CONFIG: bench.path("docker") },
  };
}

function syft(bench: Workbench, image: string): Command {
  return {
    argv: [peerProgram(projectRoot(), "syft"), "scan", `registry:${image}`, "-o", "cyclonedx-json", "-q"],
    cwd: bench.path("."),
    env: {
      ...cleanEnvironment(),
      SYFT_CHECK_FOR_APP_UPDATE: "false",
      SYFT_REGISTRY_INSECURE_USE_HTTP: "true",
    },
  };
}

/** The newest release of the image in the engine's registry, or what LAPSTRAKE_BENCH_IMAGE names. */
async function imageOf({ engine }: Workbench): Promise<string> {
  const named = process.env["LAPSTRAKE_BENCH_IMAGE"];
  if (named !== undefined) return named;
  const url = `http://${engine.registry}/v2/${IMAGE}/tags/list`;
  const answer = await fetch(url);
  // The registry's own shape; a tag is checked below.
  const { tags } = (answer.ok ? await answer.json() : {}) as { readonly tags?: readonly string[] };
  const tag = (tags ?? [])
    .filter((each) => RELEASE.test(each))
    .sort()
    .at(-1);
  if (tag === undefined)
    throw new BenchFailure(
      `${IMAGE} is not in ${engine.registry}; build and release it with: ./quickstart --full`,
    );
  return `${engine.registry}/${IMAGE}:${tag}`;
}

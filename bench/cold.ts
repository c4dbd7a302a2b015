import type { Benchmark } from "./benchmark.ts";
import { lapstrakeCommand } from "./lapstrake-command.ts";
import { bakeCommand, peerRepository } from "./peer-command.ts";
import { expectPushed } from "./pushed.ts";
import type { Workbench } from "./workbench.ts";

const SIZE = { images: 20, levels: 4 };

export const cold: Benchmark = {
  name: "cold",
  work: `cold build and push of ${SIZE.images} images in ${SIZE.levels} levels; peer: one buildx bake, same outputs`,
  target: "at most 1.25 times the peer's time",
  runs: 5,
  async measure(bench, runs) {
    bench.say("warming: one build of each side that does not count");
    await buildOurs(bench, "ours-warm");
    await buildPeer(bench, "peer-warm");
    const samples = await bench.compare(
      [
        { name: "ours", run: (round) => buildOurs(bench, `ours-${round}`) },
        { name: "peer", run: (round) => buildPeer(bench, `peer-${round}`) },
      ],
      runs,
    );
    return [
      {
        name: "build and push, cold",
        unit: "s",
        ours: samples.get("ours") ?? [],
        peer: samples.get("peer") ?? [],
        ratio: "ours / peer",
        limits: [{ kind: "ratio-at-most", value: 1.25 }],
      },
    ];
  },
};

// Each build has content and a namespace that were never seen: no cache of the engine's and no blob of the registry's
// can help it, and neither side profits from what the other did.

async function buildOurs(bench: Workbench, label: string): Promise<number> {
  const fleet = bench.fleet({ ...SIZE, label });
  const { seconds } = await bench.run(lapstrakeCommand(bench, fleet, "build"));
  await expectPushed(fleet, `${bench.engine.registry}/${fleet.name}`);
  return seconds;
}

async function buildPeer(bench: Workbench, label: string): Promise<number> {
  const fleet = bench.fleet({ ...SIZE, label });
  const { seconds } = await bench.run(bakeCommand(bench, fleet));
  await expectPushed(fleet, peerRepository(bench, fleet));
  return seconds;
}

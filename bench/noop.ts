import type { Benchmark } from "./benchmark.ts";
import { lapstrakeCommand } from "./lapstrake-command.ts";
import { bakeCommand, peerRepository } from "./peer-command.ts";
import { expectPushed, RELEASE_TAG } from "./pushed.ts";

const IMAGES = 74;

export const noop: Benchmark = {
  name: "noop",
  work: `release with nothing to do, ${IMAGES} images, warm; peer: buildx bake of the same fleet, warm`,
  target: "at least 50 times faster, and under 0.3 s on an idle machine",
  runs: 5,
  async measure(bench, runs) {
    const fleet = bench.fleet({ label: "noop", images: IMAGES });
    const release = lapstrakeCommand(bench, fleet, "release");
    const bake = bakeCommand(bench, fleet);
    bench.say("warming: both sides do all the work once, and once find it done");
    for (const command of [release, bake, release, bake]) await bench.run(command);
    await expectPushed(fleet, `${bench.engine.registry}/${fleet.name}`, RELEASE_TAG);
    await expectPushed(fleet, peerRepository(bench, fleet));
    const samples = await bench.compare(
      [
        { name: "ours", run: async () => (await bench.run(release)).seconds },
        { name: "peer", run: async () => (await bench.run(bake)).seconds },
      ],
      runs,
    );
    return [
      {
        name: "release, nothing to do",
        unit: "s",
        ours: samples.get("ours") ?? [],
        peer: samples.get("peer") ?? [],
        ratio: "peer / ours",
        limits: [
          { kind: "ratio-at-least", value: 50 },
          { kind: "ours-below", value: 0.3 },
        ],
      },
    ];
  },
};

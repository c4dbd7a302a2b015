import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { GeneratedFleet } from "../test/kit/generate-fleet.ts";
import { exporter } from "../test/kit/generated-bake.ts";
import { commitFolder } from "../test/kit/generated-commit.ts";
import { generatedContent } from "../test/kit/generated-content.ts";
import { contentFile } from "../test/kit/generated-files.ts";
import type { GeneratedImage } from "../test/kit/generated-shape.ts";
import type { Benchmark } from "./benchmark.ts";
import { BenchFailure } from "./failure.ts";
import { lapstrakeCommand } from "./lapstrake-command.ts";
import { bakeCommand, buildxCommand, PEER_TAG, peerRepository } from "./peer-command.ts";
import { digestOf, tagsOf } from "./pushed.ts";
import type { Workbench } from "./workbench.ts";

const IMAGES = 74;

export const oneFile: Benchmark = {
  name: "one-file",
  work: `one file of one service changed among ${IMAGES} images; peer: buildx build of that image alone`,
  target: "at most the peer's time + 0.5 s",
  runs: 7,
  async measure(bench, runs) {
    const fleet = bench.fleet({ label: "one-file", images: IMAGES });
    const work = new OneFile(bench, fleet);
    bench.say(
      "warming: our build of the whole fleet, the peer's of the images under it, one change for each",
    );
    await bench.run(lapstrakeCommand(bench, fleet, "build"));
    const hierarchy = fleet.images.filter(({ kind }) => kind === "image").map(({ name }) => name);
    await bench.run(bakeCommand(bench, fleet, { images: hierarchy }));
    await work.ours(-1);
    await work.peer(-1);
    const samples = await bench.compare(
      [
        { name: "ours", run: (round) => work.ours(round) },
        { name: "peer", run: (round) => work.peer(round) },
      ],
      runs,
    );
    return [
      {
        name: "build after one change",
        unit: "s",
        ours: samples.get("ours") ?? [],
        peer: samples.get("peer") ?? [],
        ratio: "ours / peer",
        limits: [{ kind: "ours-at-most-peer-plus", value: 0.5 }],
      },
    ];
  },
};

/** One service of the fleet, changed anew before each run: no two runs build the same content. */
class OneFile {
  readonly #bench: Workbench;
  readonly #fleet: GeneratedFleet;
  readonly #service: GeneratedImage;
  readonly #parent: string;

  constructor(bench: Workbench, fleet: GeneratedFleet) {
    const service = fleet.images.find(({ parent }) => parent === "family-web");
    if (service?.parent === undefined) throw new BenchFailure("expected a service on family-web");
    this.#bench = bench;
    this.#fleet = fleet;
    this.#service = service;
    this.#parent = service.parent;
  }

  /** Finds what changed among all images, and builds and pushes it. Verified: that image, once, and not its sibling. */
  async ours(round: number): Promise<number> {
    this.#change(`ours ${round}`);
    const before = await this.#pushedByUs();
    const { seconds } = await this.#bench.run(lapstrakeCommand(this.#bench, this.#fleet, "build"));
    const after = await this.#pushedByUs();
    if (after.changed !== before.changed + 1 || after.others !== before.others) {
      throw new BenchFailure(`expected one new image, got ${JSON.stringify({ before, after })}`);
    }
    return seconds;
  }

  /** A person who knows which image it is, builds it on its pushed parent and pushes it. */
  async peer(round: number): Promise<number> {
    this.#change(`peer ${round}`);
    const { name, folder } = this.#service;
    const namespace = peerRepository(this.#bench, this.#fleet);
    const parent = `${namespace}/${this.#parent}`;
    const tag = `${PEER_TAG}-${round + 1}`;
    const command = buildxCommand(
      this.#bench,
      this.#fleet,
      "build",
      "--progress=quiet",
      "--platform=linux/amd64",
      `--file=${folder}/Dockerfile`,
      `--build-arg=BASE_IMAGE=${this.#parent}`,
      `--build-arg=SOURCE_DATE_EPOCH=${this.#fleet.epochSeconds}`,
      `--build-context=${this.#parent}=docker-image://${parent}@${await digestOf(parent, PEER_TAG)}`,
      `--output=${exporter(`${namespace}/${name}:${tag}`)}`,
      folder,
    );
    const { seconds } = await this.#bench.run(command);
    await digestOf(`${namespace}/${name}`, tag);
    return seconds;
  }

  /** Committed, as before a release, and outside the measured time. */
  #change(what: string): void {
    const path = join(this.#fleet.folder, this.#service.folder, contentFile(0));
    writeFileSync(path, generatedContent(this.#fleet.name, what, 2048));
    commitFolder(this.#fleet.folder, `Change one file: ${what}`, this.#fleet.epochSeconds + 60);
  }

  async #pushedByUs(): Promise<{ readonly changed: number; readonly others: number }> {
    const namespace = `${this.#bench.engine.registry}/${this.#fleet.name}`;
    const counts = await Promise.all(
      this.#fleet.images.map(async ({ name }) => ({
        name,
        tags: (await tagsOf(`${namespace}/${name}`)).length,
      })),
    );
    const changed = counts.find(({ name }) => name === this.#service.name)?.tags ?? 0;
    return { changed, others: counts.reduce((sum, { tags }) => sum + tags, 0) - changed };
  }
}

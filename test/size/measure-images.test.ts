import { beforeEach, describe, expect, it } from "vitest";
import { type GrownImage } from "../../src/flow/size/measure-growth.ts";
import { measureImages, type SizeAsk, type SizeReport } from "../../src/flow/size/measure-images.ts";
import { codeOf, released } from "../flow/run.ts";
import { HOST, NAMESPACE } from "../kit/sample-fleet.ts";
import { pushStored } from "../kit/stored-image.ts";
import { createTestMachine, type TestMachine } from "../kit/world.ts";

const ALL: SizeAsk = { images: [], dependents: false, tier: undefined, since: undefined };

let machine: TestMachine;
beforeEach(async () => {
  machine = await createTestMachine();
});

const measure = (ask: Partial<SizeAsk> = {}): Promise<SizeReport> =>
  measureImages(machine.world(), { ...ALL, ...ask });
const names = ({ images }: SizeReport): readonly string[] => images.map(({ size }) => size.name);
const grown = (report: SizeReport, name: string): GrownImage | undefined =>
  report.growth?.images.find((each) => each.name === name);

describe("the sizes of a release", () => {
  it("are those of its images, with who brought each layer and what they share", async () => {
    const { tag } = await released(machine);
    const report = await measure();
    expect([report.release, names(report), report.left]).toEqual([tag, ["base", "web", "cpu", "api"], []]);
    const api = report.images.find(({ size }) => size.name === "api")?.size;
    expect(api?.layers).toHaveLength(4);
    expect(api?.compressed).toBe(api?.layers.reduce((sum, { compressed = 0 }) => sum + compressed, 0));
    const { machine: disk, registry } = report.fleet;
    expect(disk.unique).toBeLessThan(disk.sum);
    expect(registry?.unique).toBeLessThan(registry?.sum ?? 0);
    expect(report.fleet.shared[0]?.images).toEqual(["base", "web", "cpu", "api"]);
  });

  it("are of a family, of a tier, or of nothing", async () => {
    await released(machine);
    expect(names(await measure({ images: ["cpu"], dependents: true }))).toEqual(["cpu", "api"]);
    expect(names(await measure({ tier: "cpu" }))).toEqual(["base", "web", "cpu", "api"]);
    expect(await measure({ tier: "gpu" })).toMatchObject({ images: [], left: [], release: undefined });
    expect(await codeOf(measure({ images: ["wbe"] }))).toBe("GRAPH_UNKNOWN_IMAGE");
  });

  it("of images of the fleet and of others stand side by side", async () => {
    await released(machine);
    const at = { host: HOST, repository: "other/app", tag: "v1" };
    await pushStored(machine.registry, at, { layers: [[{ path: "a", content: "x".repeat(2000) }]] });
    const report = await measure({ images: ["base", `${HOST}/other/app:v1`] });
    expect(names(report)).toEqual(["base", `${HOST}/other/app:v1`]);
    expect(report.images[1]?.size).toMatchObject({ kept: 2000, wasted: 0, files: 1 });
  });
});

describe("growth since an earlier release", () => {
  it("is of no image in a first release, and then of those that changed", async () => {
    const first = await released(machine);
    const before = await measure();
    expect(before.growth?.images.map(({ since }) => since)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    machine.files["cpu/lib.so"] = "another\n";
    machine.commit("two");
    machine.now += 1000;
    const second = await released(machine);
    const report = await measure();
    expect(report.release).toBe(second.tag);
    expect(grown(report, "cpu")).toMatchObject({
      since: first.tag,
      same: 2,
      added: [{ index: 2 }],
      removed: [{ index: 2 }],
    });
    expect(grown(report, "web")).toMatchObject({ since: first.tag, added: [], removed: [], changed: [] });
    const since = await measure({ since: second.tag });
    expect(grown(since, "cpu")).toMatchObject({ since: second.tag, added: [], removed: [] });
    expect(await codeOf(measure({ since: "20200101-0000000" }))).toBe("RELEASE_UNKNOWN");
  });

  it("is not known of what the registry gave up, and that is said", async () => {
    const first = await released(machine);
    machine.files["cpu/lib.so"] = "another\n";
    machine.commit("two");
    machine.now += 1000;
    await released(machine);
    const gone = first.images.find(({ name }) => name === "cpu")?.digest;
    machine.faults = {
      readManifest: async (ref, options) =>
        ref.digest === gone ? undefined : machine.registry.readManifest(ref, options),
    };
    const report = await measure({ images: ["cpu"] });
    expect(report.growth).toMatchObject({ images: [], left: [{ name: "cpu" }] });
    expect(report.growth?.left[0]?.why).toMatch(/cannot be read: there is no /);
  });
});

it("says which image could not be measured, and measures the others", async () => {
  await released(machine);
  const damaged = await pushStored(
    machine.registry,
    { host: HOST, repository: `${NAMESPACE}/web` },
    { layers: [[{ path: "a", content: "x" }]], blobs: ([blob]) => [Buffer.concat([blob!.subarray(0, 30)])] },
  );
  machine.faults = {
    readManifest: async (ref, options) => {
      const isWeb =
        ref.repository === `${NAMESPACE}/web` && ref.digest !== undefined && ref.digest !== damaged;
      return machine.registry.readManifest(isWeb ? { ...ref, digest: damaged } : ref, options);
    },
  };
  const report = await measure();
  expect(names(report)).toEqual(["base", "cpu", "api"]);
  expect(report.left.map(({ name }) => name)).toEqual(["web"]);
});

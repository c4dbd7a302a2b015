import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseBaseline } from "../../src/core/blueprint/parse-baseline.ts";
import type { ImageSize } from "../../src/core/policy/size/image-size.ts";
import { createHttpRegistry } from "../../src/edge/registry/http/client.ts";
import { requireEngine } from "../kit/engine.ts";
import { ReleasedFleet } from "../kit/released-fleet.ts";

const engine = await requireEngine();

/** One of each kind; those of the GPU tier are the same in kind, and gigabytes. */
const IMAGES = ["base-utils", "family-web", "intention_validator_agent"];

interface Sizes {
  readonly images: readonly ImageSize[];
  readonly fleet: {
    readonly registry: { readonly unique: number };
    readonly machine: { readonly unique: number };
  };
}

/**
 * Regular files of the image itself, each inode once, and how many names: what an engine puts into a container by itself is
 * mounted or named here.
 */
const FILES = `find / -xdev -type f ! -path /etc/hostname ! -path /etc/hosts ! -path /etc/resolv.conf ! -path /.dockerenv -printf '%i %s\\n' \
  | sort -u | awk '{ bytes += $2 } END { printf "%d %.0f", NR, bytes }'`;
const OWNERS = `dpkg-query -W -f '\${Package} \${Version}\\n' | sort`;

describe.skipIf(engine === undefined)("sizes of the reference fleet's CPU tier", () => {
  if (engine === undefined) return;
  const fleet = new ReleasedFleet(engine);
  const registry = createHttpRegistry({ insecure: [] });
  let sizes: Sizes;

  beforeAll(async () => {
    await fleet.releaseAll("--tier", "cpu");
    sizes = JSON.parse(await fleet.lapstrake("size", "--tier", "cpu", "--json", "--progress", "none"));
  }, 600_000);
  afterAll(() => fleet.cleanUp());
  const sizeOf = (name: string): ImageSize => sizes.images.find((each) => each.name === name)!;

  it("are those of the registry's blobs", async () => {
    const blobs = new Map<string, number>();
    for (const { name, compressed, layers } of sizes.images) {
      const stored = await registry.readManifest(fleet.refOf(name));
      if (stored?.content.kind !== "manifest") throw new Error(`${name} is no manifest`);
      const own = stored.content.manifest.layers;
      expect(layers.map(({ blob, compressed: bytes }) => [blob, bytes])).toEqual(
        own.map(({ digest, size }) => [digest, size]),
      );
      expect(compressed).toBe(own.reduce((sum, { size }) => sum + size, 0));
      for (const { digest, size } of own) blobs.set(digest, size);
    }
    expect(sizes.fleet.registry.unique).toBe([...blobs.values()].reduce((sum, size) => sum + size, 0));
  });

  it("count the very files that a container sees, to the byte", async () => {
    for (const name of IMAGES) {
      const [files, bytes] = (await fleet.output(name, FILES, { user: "0:0" })).split(" ").map(Number);
      const { kept, files: counted } = sizeOf(name);
      expect({ name, files: counted, kept }).toEqual({ name, files, kept: bytes });
    }
  });

  it("name each package that has files, as dpkg does, and who brought each layer", async () => {
    const { owners, layers } = sizeOf("family-web");
    const packages = (await fleet.output("family-web", OWNERS, { user: "0:0" })).trim().split("\n");
    const ours = owners
      .filter(({ kind }) => kind === "package")
      .map(({ name, version }) => `${name} ${version}`);
    expect(ours.filter((each) => !packages.includes(each))).toEqual([]);
    expect(ours.length).toBeGreaterThan(100);
    expect(owners.find(({ name }) => name === "uvloop")).toMatchObject({
      kind: "distribution",
      at: "opt/venv/lib/python3.11/site-packages",
    });
    expect([...new Set(layers.map(({ owner }) => owner))]).toEqual([
      "python-3.11",
      "base-python",
      "base-utils",
      "base-cpu-pydeps",
      "family-web",
    ]);
    const copied = layers.at(-1)?.instruction ?? "";
    expect(copied).toMatch(/^docker\/families\/family-web\/Dockerfile:\d+-\d+$/);
  });

  it("add up", () => {
    const sum = (all: readonly number[]): number => all.reduce((total, each) => total + each, 0);
    for (const { unpacked, kept, wasted, archive, owners, types, layers } of sizes.images) {
      expect(unpacked).toBe(kept + wasted + archive);
      expect([sum(owners.map(({ bytes }) => bytes)), sum(types.map(({ bytes }) => bytes))]).toEqual([
        kept,
        kept,
      ]);
      expect(sum(layers.map((layer) => layer.unpacked))).toBe(unpacked);
      // A Debian image without waste is one that was not read: each layer that installs writes dpkg's status anew.
      expect(wasted).toBeGreaterThan(0);
    }
  });

  it("are two thirds less than the recorded baselines, which are not built again", async () => {
    const file = join(import.meta.dirname, "../../fleet/lapstrake.baseline");
    const recorded = Object.keys(parseBaseline(readFileSync(file, "utf8"), file).services);
    const text = await fleet.lapstrake("size", "--baseline", "--tier", "cpu", "--json", "--wait", "600");
    const { services, median } = JSON.parse(text) as {
      services: { service: string; state: string }[];
      median: { compressed: number; unpacked: number };
    };
    expect(services.map(({ service }) => service).sort()).toEqual(
      recorded.filter((name) => services.some(({ service }) => service === name)),
    );
    expect(new Set(services.map(({ state }) => state))).toEqual(new Set(["kept"]));
    expect(median.compressed).toBeGreaterThan(0.4);
    expect(median.unpacked).toBeGreaterThan(0.4);
  });
});

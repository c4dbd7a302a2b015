import { describe, expect, it } from "vitest";
import {
  CACHE_FACTOR,
  DEFAULT_BYTES,
  diskForecast,
  type ForecastImage,
  type ForecastPlace,
  RUNNING_FACTOR,
} from "../../src/flow/doctor/disk-forecast.ts";

function image(change: Partial<ForecastImage> = {}): ForecastImage {
  return { name: "x", kind: "image", tier: "cpu", ownBytes: 1e9, ...change };
}

function place(use: ForecastPlace["use"], freeBytes: number, device = 1): ForecastPlace {
  return { use, path: `/data/${use}`, device, freeBytes };
}

describe("what is needed", () => {
  it("in the engine: the cache of all, at least the largest build while it runs", () => {
    const images = [image(), image({ ownBytes: 2e9 })];
    const { disks } = diskForecast({ images, places: [place("engine", 1e12)] });
    expect(disks).toMatchObject([
      { needBytes: 3e9 * CACHE_FACTOR.image, leastBytes: 2e9 * RUNNING_FACTOR.image },
    ]);
  });

  it("of a baseline less, since nothing of it is a stage or a cache", () => {
    const { disks } = diskForecast({
      images: [image({ kind: "baseline" })],
      places: [place("engine", 1e12)],
    });
    expect(disks).toMatchObject([{ needBytes: 2.5e9, leastBytes: 2.5e9 }]);
  });

  it("in the registry: all layers once", () => {
    const images = [image(), image({ ownBytes: 2e9 })];
    const { disks } = diskForecast({ images, places: [place("registry", 1e12)] });
    expect(disks).toMatchObject([{ needBytes: 3e9, leastBytes: 3e9 }]);
  });

  it("together where both lie on one file system, apart where they don't", () => {
    const places = [place("engine", 5e9), place("registry", 5e9)];
    const shared = diskForecast({ images: [image()], places });
    expect(shared.disks).toMatchObject([
      { needBytes: 1e9 * (CACHE_FACTOR.image + 1), paths: ["/data/engine", "/data/registry"] },
    ]);
    const apart = diskForecast({
      images: [image()],
      places: [place("engine", 5e9), place("registry", 5e9, 2)],
    });
    expect(apart.disks.map(({ needBytes }) => needBytes)).toEqual([1e9 * CACHE_FACTOR.image, 1e9]);
  });

  it("names a folder within another one once", () => {
    const inner: ForecastPlace = {
      use: "registry",
      path: "/data/engine/registry",
      device: 1,
      freeBytes: 1e12,
    };
    const { disks } = diskForecast({ images: [image()], places: [place("engine", 1e12), inner] });
    expect(disks[0]?.paths).toEqual(["/data/engine"]);
  });
});

describe("guesses", () => {
  it.each([
    ["image", "cpu"],
    ["image", "gpu"],
    ["service", "cpu"],
    ["service", "gpu"],
    ["baseline", "cpu"],
    ["baseline", "gpu"],
  ] as const)("an %s of tier %s that was never built has its default", (kind, tier) => {
    const { disks, guessed } = diskForecast({
      images: [image({ kind, tier, ownBytes: undefined })],
      places: [place("registry", 1e12)],
    });
    expect(guessed).toBe(1);
    expect(disks[0]?.needBytes).toBe(DEFAULT_BYTES[kind][tier]);
    // Half of a guess is certain: nobody is turned away for a number that was made up.
    expect(disks[0]?.leastBytes).toBe(DEFAULT_BYTES[kind][tier] / 2);
  });

  it("the reference fleet, cold: what was measured (37 GB of cache for the GPU images) and some", () => {
    const images = [
      ...Array.from({ length: 4 }, () => image({ tier: "gpu", ownBytes: undefined })),
      ...Array.from({ length: 5 }, () => image({ ownBytes: undefined })),
      ...Array.from({ length: 8 }, () => image({ kind: "service", ownBytes: undefined })),
    ];
    const { disks } = diskForecast({ images, places: [place("engine", 1e12), place("registry", 1e12)] });
    expect(disks[0]?.needBytes).toBeGreaterThan(41e9);
    expect(disks[0]?.needBytes).toBeLessThan(60e9);
  });
});

describe("the verdict", () => {
  const least = 1e9 * (RUNNING_FACTOR.image + 1);
  const need = 1e9 * (CACHE_FACTOR.image + 1);
  it.each([
    [need, "enough"],
    [need - 1, "tight"],
    [least, "tight"],
    [least - 1, "short"],
    [0, "short"],
  ] as const)("with %d bytes free is %s", (freeBytes, verdict) => {
    const places = [place("engine", freeBytes), place("registry", freeBytes)];
    expect(diskForecast({ images: [image()], places }).verdict).toBe(verdict);
  });

  it("is the worst of its file systems", () => {
    const places = [place("engine", 1e12, 1), place("registry", 1, 2)];
    expect(diskForecast({ images: [image()], places }).verdict).toBe("short");
  });

  it("with nothing to build, or nowhere to look, is enough", () => {
    expect(diskForecast({ images: [], places: [place("engine", 0)] }).verdict).toBe("enough");
    expect(diskForecast({ images: [image()], places: [] }).verdict).toBe("enough");
  });
});

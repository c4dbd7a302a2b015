import { describe, expect, test } from "vitest";
import { buildable } from "../../src/core/blueprint/buildable.ts";
import { parseBlueprint } from "../../src/core/blueprint/parse.ts";
import { positionOf } from "../../src/core/blueprint/positions.ts";
import { SAMPLE_BLUEPRINT } from "../../src/core/blueprint/sample.ts";
import { expandTag } from "../../src/core/blueprint/tag.ts";
import { HEAD } from "./refused.ts";

const read = (text: string) => parseBlueprint(text, "fleet/lapstrake.yaml");

describe("defaults", () => {
  test("of a fleet that says only what it must", () => {
    expect(read(HEAD)).toMatchObject({
      file: "fleet/lapstrake.yaml",
      fleet: "f",
      registry: { host: "local", namespace: "x" },
      tag: "{date}-{sha}",
      platforms: ["linux/amd64"],
      user: "10001:10001",
      roots: [],
      images: [],
      services: [],
      machines: [],
      budgets: { cpu: {}, gpu: {} },
      build: { trust: "none", cache: "none", mirrors: {}, insecure: [], index: "warn" },
      guides: [],
      decisions: [],
    });
    expect(read(HEAD).build).not.toHaveProperty("parallelism");
  });

  test("of an image", () => {
    const [image] = read(`${HEAD}images:\n  i: { dockerfile: docker/i/Dockerfile }\n`).images;
    expect(image).toEqual({
      name: "i",
      dockerfile: "docker/i/Dockerfile",
      context: "docker/i",
      args: {},
      tier: "cpu",
      compression: "gzip",
      cache: "none",
      weight: 1,
      secrets: {},
      contexts: {},
      at: { file: "fleet/lapstrake.yaml", line: 5, column: 3 },
    });
  });

  test("an image without a cache mode has the build's, and its own wins", () => {
    const text = `${HEAD}images:\n  a: { dockerfile: d }\n  b: { dockerfile: d, cache: max }\nbuild: { cache: min }\n`;
    expect(read(text).images.map(({ cache }) => cache)).toEqual(["min", "max"]);
  });

  test("a Dockerfile beside the blueprint has its folder as context", () => {
    expect(read(`${HEAD}images:\n  i: { dockerfile: Dockerfile }\n`).images).toMatchObject([
      { context: "." },
    ]);
  });
});

describe("values", () => {
  test.each([
    ["./docker//a/", "docker/a"],
    ["docker/b/../a", "docker/a"],
    [".", "."],
    ["./", "."],
    ["a/..", "."],
    ["..a/...", "..a/..."],
    ["á b/ü", "á b/ü"],
  ])("the path %s is %s", (written, normalised) => {
    const text = `${HEAD}images:\n  i: { dockerfile: d, context: "${written}" }\n`;
    expect(read(text).images).toMatchObject([{ context: normalised }]);
  });

  test.each([
    ["100MB", 100_000_000],
    ["1.5GiB", 1_610_612_736],
    ["3 GB", 3_000_000_000],
    ["64KiB", 65_536],
    ["7B", 7],
    ["1kB", 1000],
  ])("the size %s is %i bytes", (written, bytes) => {
    expect(read(`${HEAD}budgets: { gpu: { unpacked: ${written} } }\n`).budgets.gpu).toEqual({
      unpacked: bytes,
    });
  });

  test.each([
    ["local", { host: "local" }],
    ["ghcr.io/a/b", { host: "ghcr.io", namespace: "a/b" }],
    ["127.0.0.1:5000/a", { host: "127.0.0.1:5000", namespace: "a" }],
    ["localhost", { host: "localhost" }],
    ['"[::1]:5000/a"', { host: "[::1]:5000", namespace: "a" }],
  ])("the registry %s", (written, place) => {
    expect(read(`version: 1\nfleet: f\nregistry: ${written}\n`).registry).toEqual(place);
  });

  test("a mirror holds the image under its tag and digest", () => {
    const digest = `sha256:${"a".repeat(64)}`;
    const text = `${HEAD}roots:\n  r: { image: "python:3.11@${digest}", mirrors: [m.io/hub/python] }\n`;
    expect(read(text).roots).toMatchObject([
      {
        image: { host: "docker.io", repository: "library/python", tag: "3.11", digest },
        mirrors: [{ host: "m.io", repository: "hub/python", tag: "3.11", digest }],
      },
    ]);
  });

  test("a tag is filled in", () => {
    expect(expandTag("r{date}-{sha}-{sha}", { date: "20250812", sha: "598f63a" })).toBe(
      "r20250812-598f63a-598f63a",
    );
  });

  test("names that look like numbers keep their place in the file", () => {
    const text = `${HEAD}images:\n  b: { dockerfile: d }\n  10: { dockerfile: d }\n  2: { dockerfile: d }\n`;
    expect(read(text).images.map(({ name }) => name)).toEqual(["b", "10", "2"]);
  });

  test("a blueprint is plain data", () => {
    const blueprint = read(SAMPLE_BLUEPRINT);
    expect(JSON.parse(JSON.stringify(blueprint))).toEqual(blueprint);
  });
});

describe("buildable", () => {
  const text = `${HEAD}images:
  i: { dockerfile: d, tier: gpu }
machines:
  m: { profile: { A: 1 } }
  n: { profile: { A: 2 } }
  o: {}
  p: {}
services:
  none: { dockerfile: d }
  one: { dockerfile: d, machines: [n], ports: { service: 1, health: 2 } }
  two: { dockerfile: d, machines: [m, o] }
  plain: { dockerfile: d, machines: [o, p] }
  later: { planned: true, machines: [m, n] }
`;

  test("images, then services on their machines; planned ones not", () => {
    const found = buildable(read(text)).map(({ name, kind, service, machine }) => ({
      name,
      kind,
      service,
      machine,
    }));
    expect(found).toEqual([
      { name: "i", kind: "image" },
      { name: "none", kind: "service", service: "none" },
      { name: "one", kind: "service", service: "one", machine: "n" },
      { name: "two-m", kind: "service", service: "two", machine: "m" },
      { name: "two-o", kind: "service", service: "two", machine: "o" },
      { name: "plain", kind: "service", service: "plain" },
    ]);
  });

  test("each carries its recipe, ports and place", () => {
    const [image, , one] = buildable(read(text));
    expect(image).toMatchObject({
      tier: "gpu",
      dockerfile: "d",
      path: ["images", "i"],
      at: { line: 5, column: 3 },
    });
    expect(image).not.toHaveProperty("ports");
    expect(one).toMatchObject({
      ports: { service: 1, health: 2 },
      path: ["services", "one"],
      at: { line: 13 },
    });
  });
});

describe("positions", () => {
  const blueprint = read(`${HEAD}images:\n  i:\n    dockerfile: d\n    args: { A: x }\n`);

  test.each([
    [["images", "i"], 5, 3],
    [["images", "i", "dockerfile"], 6, 17],
    [["images", "i", "args"], 7, 5],
    [["images", "i", "args", "A"], 7, 16],
    [["images", "i", "weight"], 5, 3],
    [["build", "trust"], 1, 1],
    [["fleet"], 2, 8],
  ])("of %j", (path, line, column) => {
    expect(positionOf(blueprint, path)).toEqual({ file: "fleet/lapstrake.yaml", line, column });
  });

  test("of an entry of a list, and of keys that JSON Pointer escapes", () => {
    const text = `${HEAD}build:\n  mirrors:\n    "[::1]:5000": [https://a.io, https://b.io/c]\nimages:\n  i: { dockerfile: d, contexts: { docker.io/x: y } }\n`;
    const other = read(text);
    expect(positionOf(other, ["build", "mirrors", "[::1]:5000", 1])).toMatchObject({ line: 6, column: 34 });
    expect(positionOf(other, ["images", "i", "contexts", "docker.io/x"])).toMatchObject({
      line: 8,
      column: 48,
    });
  });
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Digest, digestOf } from "../../src/core/base/digest.ts";
import { parseLock } from "../../src/core/blueprint/parse-lock.ts";
import { BootstrapError } from "../../src/edge/builder/bootstrap/error.ts";
import type { Bootstrapper, MadeRoot } from "../../src/edge/builder/bootstrap/port.ts";
import { RegistryError } from "../../src/edge/registry/error.ts";
import { lockFleet } from "../../src/flow/lock-fleet.ts";
import { packImage, pushImage, pushRoot, ROOT_HOST, rootDigest } from "../kit/memory-image.ts";
import { HOST, NAMESPACE, SAMPLE_BLUEPRINT } from "../kit/sample-fleet.ts";
import { createTestMachine, type TestMachine } from "../kit/world.ts";
import { codeOf } from "./run.ts";

let machine: TestMachine;
let folder: string;
let content = "a root";
let refuse: Error | undefined;

beforeEach(async () => {
  machine = await createTestMachine();
  folder = mkdtempSync(join(tmpdir(), "lapstrake-lock-"));
  content = "a root";
  refuse = undefined;
  delete machine.files["lapstrake.lock"];
});
afterEach(() => rmSync(folder, { recursive: true }));

const IDENTITY = digestOf("recipe and packages");

/** A recipe that makes `content`, always under one identity. */
const bootstrapper: Bootstrapper = {
  async make(): Promise<MadeRoot> {
    if (refuse !== undefined) throw refuse;
    const { manifest, digest, blobs } = packImage({ layers: [content] });
    const [layer, config] = blobs;
    if (layer === undefined || config === undefined) throw new Error("unreachable");
    const file = join(folder, "layer");
    writeFileSync(file, layer.bytes);
    const image = {
      layer: { file, digest: layer.digest, size: layer.bytes.length },
      config: config.bytes,
      manifest,
      digest,
    };
    return {
      image,
      identity: IDENTITY,
      packages: { dash: "1" },
      epoch: 1_704_067_200,
      dispose: async () => {},
    };
  },
  aptIndex: async (suite) => ({ [suite]: digestOf("packages") }),
};

/** The sample fleet whose root is `extra` besides its image. */
function withRoot(image: string, extra: string): void {
  machine.files["lapstrake.yaml"] = SAMPLE_BLUEPRINT.replace(
    `image: ${ROOT_HOST}/debian:12`,
    `image: ${image}${extra}`,
  );
}

const lock = () =>
  lockFleet({ ...machine.world(), bootstrapper: async () => bootstrapper }, { dryRun: false });
const RECIPE = "\n    bootstrap: { suite: bookworm, packages: [dash] }";
const at = { host: HOST, repository: `${NAMESPACE}/roots/debian` };

describe("a root is pinned", () => {
  it("from its own registry first; the file says so and reads back", async () => {
    withRoot(`${ROOT_HOST}/debian:12`, RECIPE);
    const report = await lock();
    expect(report).toMatchObject({ wrote: true, file: "lapstrake.lock" });
    expect(report.lock.roots["debian"]).toMatchObject({ source: "registry", digest: rootDigest("debian") });
    expect(parseLock(String(machine.files["lapstrake.lock"]), "lapstrake.lock")).toEqual(report.lock);
    expect((await lock()).wrote).toBe(false);
  });

  it("with the time that its config says, where it has no annotation", async () => {
    await pushImage(
      machine.registry,
      { host: ROOT_HOST, repository: "dated", tag: "12" },
      { layers: ["dated"], created: "2024-05-06T07:08:09.123Z" },
    );
    withRoot(`${ROOT_HOST}/dated:12`, "");
    expect((await lock()).lock.roots["debian"]).toMatchObject({
      created: Date.UTC(2024, 4, 6, 7, 8, 9) / 1000,
    });
  });

  it("else from a mirror", async () => {
    await pushRoot(machine.registry, "copy");
    withRoot("gone.example/debian:12", `\n    mirrors: [${ROOT_HOST}/copy]${RECIPE}`);
    expect((await lock()).lock.roots["debian"]).toMatchObject({
      image: "gone.example/debian:12",
      source: "mirror",
      from: `${ROOT_HOST}/copy:12`,
      digest: rootDigest("copy"),
    });
  });

  it("else made by its recipe, and pushed under its identity", async () => {
    withRoot("gone.example/debian:12", RECIPE);
    const { digest } = packImage({ layers: [content] });
    expect((await lock()).lock.roots["debian"]).toMatchObject({
      source: "bootstrap",
      from: IDENTITY,
      digest,
    });
    const standing = await machine.registry.resolve({ ...at, tag: `in-${IDENTITY.slice(7)}` });
    expect(standing?.digest).toBe(digest);
  });
});

describe("a root that is made again", () => {
  it("with other bytes under one identity is the first one: its name is not moved", async () => {
    withRoot("gone.example/debian:12", RECIPE);
    const first = pinnedDigest((await lock()).lock.roots["debian"]);
    content = "the same recipe by another compressor";
    expect(pinnedDigest((await lock()).lock.roots["debian"])).toBe(first);
    const standing = await machine.registry.resolve({ ...at, tag: `in-${IDENTITY.slice(7)}` });
    expect(standing?.digest).toBe(first);
  });
});

describe("a root that cannot be had", () => {
  it("since this machine cannot make it is an entry with every reason", async () => {
    withRoot("gone.example/debian:12", RECIPE);
    refuse = new BootstrapError("BOOTSTRAP_PYTHON", "no complete CPython 3.10 was found");
    expect((await lock()).lock.roots["debian"]).toEqual({
      unavailable: "gone.example/debian:12 does not exist; no complete CPython 3.10 was found",
    });
  });

  it.each([
    [
      "its recipe failed",
      () => new BootstrapError("BOOTSTRAP_FAILED", "a mirror hiccup"),
      "BOOTSTRAP_FAILED",
    ],
    [
      "it could not be pushed",
      () => new RegistryError("REGISTRY_UNREACHABLE", "gone"),
      "REGISTRY_UNREACHABLE",
    ],
  ])("since %s is an error, and nothing is written", async (_what, error, code) => {
    withRoot("gone.example/debian:12", RECIPE);
    refuse = error();
    expect(await codeOf(lock())).toBe(code);
    expect(machine.files["lapstrake.lock"]).toBeUndefined();
  });
});

function pinnedDigest(root: object | undefined): Digest | undefined {
  return root !== undefined && "digest" in root ? (root.digest as Digest) : undefined;
}

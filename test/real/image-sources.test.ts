import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LINKS_QUESTION } from "../../src/core/audit/image/audit-question.ts";
import { type FlatImage, flatten } from "../../src/core/audit/image/flatten.ts";
import { digestOf } from "../../src/core/base/digest.ts";
import type { ImageRef } from "../../src/core/oci/reference.ts";
import { createHttpRegistry } from "../../src/edge/registry/http/client.ts";
import { createArchiveImage } from "../../src/edge/registry/images/archive-image.ts";
import { createFolderImage } from "../../src/edge/registry/images/folder-image.ts";
import type { ImageContents, ImageSource } from "../../src/edge/registry/images/port.ts";
import { createRegistryImage } from "../../src/edge/registry/images/registry-image.ts";
import { createLayoutImage } from "../../src/edge/registry/images/stored-image.ts";
import { createStreamedImage } from "../../src/edge/registry/images/streamed-image.ts";
import { createMemoryLayerCache } from "../../src/edge/registry/layers/layer-cache.ts";
import { createLayerReader } from "../../src/edge/registry/layers/layer-reader.ts";
import { createLayoutRegistry } from "../../src/edge/registry/layout.ts";
import { requireEngine } from "../kit/engine.ts";
import { ReleasedFleet } from "../kit/released-fleet.ts";

const engine = await requireEngine();
const PLATFORM = { os: "linux", architecture: "amd64" };

/** What an engine puts into a container that was only created, whatever the image has there. */
const OF_THE_ENGINE = /^(?:\.dockerenv|dev|dev\/.*|etc\/(?:hosts|hostname|resolv\.conf|mtab)|proc|sys) /;

describe.skipIf(engine === undefined)("an image of the reference fleet", () => {
  if (engine === undefined) return;
  const fleet = new ReleasedFleet(engine);
  const registry = createHttpRegistry({});
  const folder = mkdtempSync(join(tmpdir(), "image-sources-"));
  let ref: ImageRef;
  let image: string;
  let expected: ImageContents;

  beforeAll(async () => {
    await fleet.releaseAll("--tier", "cpu");
    ref = fleet.refOf("base-utils");
    image = `${ref.host}/${ref.repository}@${ref.digest}`;
    await fleet.docker.pullImage(image);
    expected = await read(createRegistryImage(registry, ref));
  }, 900_000);
  afterAll(async () => {
    await fleet.cleanUp();
    registry.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function read(source: ImageSource): Promise<ImageContents> {
    const reader = createLayerReader(createMemoryLayerCache());
    return source.read({ platform: PLATFORM, reader, questions: [LINKS_QUESTION] });
  }

  /** `docker save` or `docker export`, to a file. */
  async function written(name: string, ...args: readonly string[]): Promise<string> {
    const [docker = "docker", ...before] = engine?.docker ?? [];
    const host = engine?.dockerHost ?? "";
    const file = join(folder, name);
    const source = spawn(docker, [...before, "-H", host, ...args], { stdio: ["ignore", "pipe", "inherit"] });
    await pipeline(source.stdout, createWriteStream(file));
    return file;
  }

  async function layout(): Promise<ImageSource> {
    const place = createLayoutRegistry(join(folder, "layout"));
    const stored = await registry.readManifest(ref);
    if (stored?.content.kind !== "manifest") throw new Error("expected a manifest");
    const { config, layers } = stored.content.manifest;
    for (const blob of [config, ...layers])
      await place.putBlob(ref, { ...blob, open: () => registry.readBlob(ref, blob) });
    const { host, repository } = ref;
    await place.putManifest({ host, repository, tag: "1" }, stored.bytes, stored.descriptor.mediaType);
    return createLayoutImage({ name: "layout", folder: join(folder, "layout"), image: undefined });
  }

  function exported(): ImageSource {
    return createStreamedImage({
      name: image,
      open: (options) => fleet.docker.exportImage(image, options),
      diffIds: (options) => fleet.docker.listDiffIds(image, options),
    });
  }

  it.each<[string, () => ImageSource | Promise<ImageSource>]>([
    ["a layout folder", layout],
    ["what docker save wrote", async () => archive(await written("saved.tar", "save", image))],
    ["an engine", exported],
  ])("is the same from %s", async (_name, open) => {
    const found = await read(await open());
    expect(found.layers).toEqual(expected.layers);
    expect(found.config).toEqual(expected.config);
    expect(found.layers.flatMap(({ notes }) => notes).length).toBeGreaterThan(300);
  });

  function archive(file: string): ImageSource {
    return createArchiveImage({ name: "archive", file, image: undefined });
  }

  it("is the same from the folder that a container of it was unpacked to", async () => {
    const id = await fleet.docker.createContainer({ image });
    const root = join(folder, "root");
    mkdirSync(root);
    try {
      const file = await written("exported.tar", "export", id);
      const tar = spawn("tar", ["-xpf", file, "--numeric-owner", "-C", root], { stdio: "inherit" });
      expect(await new Promise((resolve) => tar.once("exit", resolve))).toBe(0);
    } finally {
      await fleet.docker.removeContainer(id);
    }
    const found = await read(createFolderImage(root, "dir"));
    const [mine, theirs] = [found, expected].map(({ layers }) => listed(flatten(layers)));
    expect(mine?.length).toBeGreaterThan(2000);
    expect(mine).toEqual(theirs);
  });
});

/** Times are none of it; what an engine writes into every container is left out. */
function listed({ tree, skipped }: FlatImage): readonly string[] {
  expect(skipped).toEqual([]);
  return [...tree.walk()]
    .map(([path, { type, mode, uid, gid, size, target = "", content }]) =>
      [
        path,
        type,
        mode.toString(8),
        `${uid}:${gid}`,
        type === "file" ? size : 0,
        target,
        content === undefined ? "" : digestOf(content),
      ].join(" "),
    )
    .filter((line) => !OF_THE_ENGINE.test(line));
}

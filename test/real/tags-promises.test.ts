import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { digestOf } from "../../src/core/base/digest.ts";
import type { ReleaseBody } from "../../src/core/record/kinds.ts";
import { createHttpRegistry } from "../../src/edge/registry/http/client.ts";
import { createLayoutRegistry } from "../../src/edge/registry/layout.ts";
import type { EngineFile } from "../../src/edge/tree/engine-file.ts";
import { checkFleet } from "../../src/flow/check-fleet.ts";
import { mirror } from "../../src/flow/tags/mirror.ts";
import { promote } from "../../src/flow/tags/promote.ts";
import { requireEngine } from "../kit/engine.ts";
import { readWholeTags } from "../kit/whole-tags.ts";
import { GeneratedRounds } from "./generated-rounds.ts";

const found = await requireEngine();

describe.runIf(found)("tags as promises, of a fleet on the real registry and engine", () => {
  // describe.runIf skips the tests where there is no engine.
  const engine = found as EngineFile;
  const rounds = new GeneratedRounds("tags");
  const { name, releases, scratch } = rounds;
  const host = engine.registry;
  const registry = createHttpRegistry();
  const world = () => rounds.world();

  beforeAll(async () => {
    rounds.generate("\nchannels: [stable]\n");
    for (let round = 1; round <= 2; round++) await rounds.release(rounds.fleet.images.at(-1));
  });
  afterAll(() => rounds.remove());

  const flags = { release: "last", wait: 0, command: "test" };
  const digests = ({ images }: ReleaseBody) =>
    Object.fromEntries(images.map(({ name, digest }) => [name, digest]));
  const under = async (tag: string, namespace = name) =>
    Object.fromEntries(
      await Promise.all(
        rounds.fleet.images.map(async (image) => {
          const ref = { host, repository: `${namespace}/${image.name}`, tag };
          return [image.name, (await registry.resolve(ref))?.digest] as const;
        }),
      ),
    );

  it("the second release's -prev tags are the first release", async () => {
    const [first, second] = releases;
    expect(await under(`${second!.tag}-prev`)).toEqual(digests(first!));
    expect(await under(second!.tag)).toEqual(digests(second!));
    // The canary: the two differ.
    expect(digests(first!)).not.toEqual(digests(second!));
    expect(await under(`${first!.tag}-prev`)).toEqual({});
  });

  it("a channel goes to a release and back, and the tags are found as they were put", async () => {
    const [first, second] = releases;
    await promote(world(), { ...flags, channel: "stable", partial: false });
    expect(await under("stable")).toEqual(digests(second!));
    await promote(world(), { ...flags, release: first!.tag, channel: "stable", partial: false });
    expect(await under("stable")).toEqual(digests(first!));
    expect((await checkFleet(world(), { tags: true })).findings).toEqual([]);
  });

  it("a release's tag that a stranger moved is found, with both digests", async () => {
    const [first, second] = releases;
    const image = second!.images.at(-1)!;
    const at = { host, repository: image.repository };
    const was = first!.images.find((each) => each.name === image.name)!;
    const put = async (digest: typeof image.digest): Promise<void> => {
      const stored = (await registry.readManifest({ ...at, digest }))!;
      await registry.putManifest({ ...at, tag: second!.tag }, stored.bytes, stored.descriptor.mediaType);
    };
    await put(was.digest);
    const { findings } = await checkFleet(world(), { tags: true });
    expect(findings.map(({ rule }) => rule)).toEqual(["tag-moved"]);
    expect(findings[0]?.message).toContain(image.digest);
    expect(findings[0]?.message).toContain(was.digest);
    await put(image.digest);
    expect((await checkFleet(world(), { tags: true })).findings).toEqual([]);
  });

  it("a mirror in another namespace is mounted, whole, and has every digest", async () => {
    const copy = `${name}-copy`;
    const report = await mirror(world(), { ...flags, target: `${host}/${copy}` });
    expect(report).toMatchObject({ state: "mirrored", blobsSent: 0, exit: 0 });
    expect(await under(releases[1]!.tag, copy)).toEqual(digests(releases[1]!));
    const repositories = [...rounds.fleet.images.map((image) => `${copy}/${image.name}`), `${copy}/releases`];
    const { whole, broken } = await readWholeTags(host, repositories);
    expect(broken).toEqual([]);
    // Each image, the list of its SBOMs, and the record.
    expect(whole).toHaveLength(2 * rounds.fleet.images.length + 1);
    const again = await mirror(world(), { ...flags, target: `${host}/${copy}` });
    expect(again).toMatchObject({ state: "unchanged", blobsSent: 0 });
  });

  it("a mirror in a layout folder hashes to its names, and tar takes it to another machine", async () => {
    const folder = join(scratch, "usb");
    expect(await mirror(world(), { ...flags, target: `oci:${folder}` })).toMatchObject({
      state: "mirrored",
      exit: 0,
    });
    const [, second] = releases;
    const layout = createLayoutRegistry(folder);
    for (const { repository, digest } of second!.images) {
      expect(await layout.resolve({ host, repository, tag: second!.tag })).toMatchObject({ digest });
    }
    const path = join(folder, "blobs", "sha256");
    const files = await readdir(path);
    expect(files.length).toBeGreaterThan(rounds.fleet.images.length);
    for (const file of files) expect(digestOf(await readFile(join(path, file)))).toBe(`sha256:${file}`);
    expect(await mirror(world(), { ...flags, target: `oci:${folder}` })).toMatchObject({
      state: "unchanged",
      blobsSent: 0,
    });
    // The engine itself reads it: one image by the name that the layout gives it.
    const archive = join(scratch, "usb.tar");
    await promisify(execFile)("tar", ["-C", folder, "-cf", archive, "."]);
    const [docker, ...args] = engine.docker;
    const { stdout } = await promisify(execFile)(docker ?? "docker", [...args, "load", "-i", archive], {
      env: { ...process.env, DOCKER_HOST: engine.dockerHost },
    });
    expect(stdout).toContain(`${host}/${second!.images[0]!.repository}:${second!.tag}`);
    const loaded = [...stdout.matchAll(/^Loaded image: (.+)$/gm)].map(([, ref]) => ref ?? "");
    await promisify(execFile)(docker ?? "docker", [...args, "image", "rm", ...loaded], {
      env: { ...process.env, DOCKER_HOST: engine.dockerHost },
    });
  });
});

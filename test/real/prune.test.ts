import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Digest, digestOf } from "../../src/core/base/digest.ts";
import { MediaType } from "../../src/core/oci/media-type.ts";
import type { ReleaseBody } from "../../src/core/record/kinds.ts";
import { createDockerEngine } from "../../src/edge/engine/docker-engine.ts";
import { createHttpRegistry } from "../../src/edge/registry/http/client.ts";
import type { EngineFile } from "../../src/edge/tree/engine-file.ts";
import { type PruneFlags, type PruneReport, prune } from "../../src/flow/prune/prune.ts";
import { restorePruned } from "../../src/flow/prune/restore.ts";
import { requireEngine } from "../kit/engine.ts";
import { GeneratedRounds } from "./generated-rounds.ts";

const found = await requireEngine();

describe.runIf(found)("prune, of a fleet on the real registry and engine", () => {
  // describe.runIf skips the tests where there is no engine.
  const engine = found as EngineFile;
  const rounds = new GeneratedRounds("prune");
  const { name, releases } = rounds;
  const host = engine.registry;
  const registry = createHttpRegistry();
  const docker = createDockerEngine({ dockerHost: engine.dockerHost });
  const world = () => rounds.world();
  let restoreFile = "";

  beforeAll(async () => {
    rounds.generate();
    for (let round = 1; round <= 3; round++) await rounds.release(rounds.fleet.images[0]);
  });
  afterAll(() => rounds.remove());

  function run(flags: Partial<PruneFlags> = {}): Promise<PruneReport> {
    return prune(world(), { keep: 1, olderThanDays: 0, apply: false, wait: 0, command: "prune", ...flags });
  }

  /** Reads manifest and every blob, all verified by digest and size; how many bytes. */
  async function readWhole({ images }: ReleaseBody): Promise<number> {
    let bytes = 0;
    for (const { repository, digest } of images) {
      const stored = await registry.readManifest({ host, repository, digest });
      if (stored?.content.kind !== "manifest") throw new Error(`${repository}@${digest} is gone`);
      for (const blob of [stored.content.manifest.config, ...stored.content.manifest.layers]) {
        for await (const part of registry.readBlob({ host, repository }, blob)) bytes += part.length;
      }
    }
    return bytes;
  }

  const stands = async ({ images }: ReleaseBody): Promise<number> => {
    const all = images.map(({ repository, digest }) => registry.resolve({ host, repository, digest }));
    return (await Promise.all(all)).filter((each) => each !== undefined).length;
  };

  /** Something that refers to the image, as a signature does; this registry has no API for it, so the fallback tag tells. */
  async function sign(body: ReleaseBody | undefined): Promise<Digest> {
    const image = body?.images[0];
    if (image === undefined) throw new Error("there is no release");
    const at = { host, repository: image.repository };
    const subject = await registry.resolve({ ...at, digest: image.digest });
    const config = Buffer.from("{}");
    const blob = { digest: digestOf(config), size: config.length };
    await registry.putBlob(at, { ...blob, open: () => once(config) });
    const bytes = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: MediaType.ociManifest,
        artifactType: "application/x-signature",
        config: { mediaType: MediaType.ociEmpty, ...blob },
        layers: [],
        subject,
      }),
    );
    const digest = digestOf(bytes);
    await registry.putManifest({ ...at, digest }, bytes, MediaType.ociManifest);
    return digest;
  }

  it("plans first, and changes nothing", async () => {
    const { plan, applied, exit } = await run();
    expect({ state: plan.state, unread: plan.unread, applied, exit }).toEqual({
      state: "ready",
      unread: [],
      applied: undefined,
      exit: 0,
    });
    expect(plan.releases.map(({ tag, kept }) => [tag, kept])).toEqual([
      [releases[2]?.tag, true],
      [releases[1]?.tag, false],
      [releases[0]?.tag, false],
    ]);
    for (const each of releases) expect(await stands(each)).toBe(rounds.fleet.images.length);
  });

  it("with the defaults everything is young, and stays", async () => {
    expect((await run({ keep: 10, olderThanDays: 30 })).plan.state).toBe("clean");
  });

  it("keeps what a container stands on, also one that never ran", async () => {
    const image = releases[0]?.images[0];
    const ref = `${host}/${image?.repository}@${image?.digest}`;
    await docker.pullImage(ref);
    const id = await docker.createContainer({ image: ref, command: ["/nothing"] });
    try {
      const { plan } = await run();
      const kept = plan.keep.find(({ digest }) => digest === image?.digest);
      expect(kept?.reason.rule).toBe("container");
      expect(plan.engineKeep.map(({ reason }) => reason.rule)).toEqual(["container"]);
    } finally {
      await docker.removeContainer(id);
    }
    // The canary: without the container both go.
    const { plan } = await run();
    expect(plan.remove.some(({ digest }) => digest === image?.digest)).toBe(true);
    expect(plan.engineRemove).toHaveLength(1);
  });

  it("refuses where an index lacks a child, and deletes nothing", async () => {
    const at = { host, repository: `${name}/${rounds.fleet.images[0]?.name}` };
    const config = Buffer.from("{}");
    const blob = { digest: digestOf(config), size: config.length };
    await registry.putBlob(at, { ...blob, open: () => once(config) });
    const child = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: MediaType.ociManifest,
        config: { mediaType: MediaType.ociEmpty, ...blob },
        layers: [],
      }),
    );
    const put = await registry.putManifest({ ...at, digest: digestOf(child) }, child, MediaType.ociManifest);
    const index = Buffer.from(
      JSON.stringify({ schemaVersion: 2, mediaType: MediaType.ociIndex, manifests: [put] }),
    );
    await registry.putManifest({ ...at, tag: "broken" }, index, MediaType.ociIndex);
    expect((await run()).plan.state).toBe("ready");
    await registry.deleteManifest({ ...at, digest: put.digest });
    const { plan, applied, exit } = await run({ apply: true });
    expect([plan.state, plan.remove, applied, exit]).toEqual(["refused", [], undefined, 3]);
    expect(plan.unread[0]?.what).toContain(put.digest);
    expect(await stands(releases[0]!)).toBe(rounds.fleet.images.length);
    await registry.deleteManifest({ ...at, digest: digestOf(index) });
  });

  it("deletes what goes; what stays is readable to the last byte", async () => {
    const before = await readWhole(releases[2]!);
    const [old, kept] = [await sign(releases[0]), await sign(releases[2])];
    const at = { host, repository: releases[0]!.images[0]!.repository };
    const { plan, applied, exit } = await run({ apply: true });
    expect(applied).toMatchObject({ outcome: "done", deleted: plan.remove.length, engineImages: 1 });
    restoreFile = applied?.restoreFile ?? "";
    expect([exit, plan.state]).toEqual([0, "ready"]);
    expect(await readWhole(releases[2]!)).toBe(before);
    expect(await stands(releases[0]!)).toBe(0);
    // No tag of its own holds a signature: it goes and stays with what it signs.
    expect(await registry.resolve({ ...at, digest: old })).toBeUndefined();
    expect((await registry.resolve({ ...at, digest: kept }))?.digest).toBe(kept);
    // Its signature, and an SBOM in each form.
    expect(await registry.listReferrers(at, releases[2]!.images[0]!.digest)).toHaveLength(3);
    const back = plan.keep.filter(({ tags }) => tags.includes(`${releases[2]?.tag}-prev`));
    // The way back from the newest release stays where there is one; otherwise the second release goes too.
    expect(await stands(releases[1]!)).toBe(back.length);
    const pulled = `${host}/${releases[0]?.images[0]?.repository}`;
    const images = await docker.listImages();
    expect(images.filter(({ repoDigests }) => repoDigests.some((each) => each.startsWith(pulled)))).toEqual(
      [],
    );
  });

  it("has nothing to do the second time", async () => {
    const { plan, applied } = await run({ apply: true });
    expect([plan.state, applied, plan.unread]).toEqual(["clean", undefined, []]);
  });

  it("a restore list brings a release back, as long as nobody collected its blobs", async () => {
    const report = await restorePruned(world(), { file: restoreFile, wait: 0, command: "restore" });
    expect([report.exit, report.left]).toEqual([0, []]);
    expect(await readWhole(releases[0]!)).toBeGreaterThan(0);
    // It is judged anew then, and goes again.
    expect((await run({ apply: true })).applied?.outcome).toBe("done");
    expect(await stands(releases[0]!)).toBe(0);
  });
});

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

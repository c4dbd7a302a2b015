import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Digest, digestOf } from "../../src/core/base/digest.ts";
import { createHttpRegistry } from "../../src/edge/registry/http/client.ts";
import type { RestoreItem, RestoreList } from "../../src/flow/prune/journal.ts";
import { restorePruned } from "../../src/flow/prune/restore.ts";
import { restoreOrder } from "../../src/flow/prune/restore-order.ts";
import { type MemoryRegistryServer, startMemoryRegistry } from "../kit/memory-registry.ts";
import { filesAt } from "../kit/sample-fleet.ts";
import { createRandom } from "../kit/seeded-random.ts";
import { createTestMachine, type TestMachine } from "../kit/world.ts";
import { withStateFiles } from "./prunable.ts";

const REPOSITORY = "demo/web";
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const INDEX = "application/vnd.oci.image.index.v1+json";
const EMPTY = Buffer.from("{}");

let server: MemoryRegistryServer;
let machine: TestMachine;
let client: ReturnType<typeof createHttpRegistry>;
beforeEach(async () => {
  server = await startMemoryRegistry({ referrers: false });
  client = createHttpRegistry();
  machine = await createTestMachine({ files: filesAt(server.host) });
  machine.faults = client;
  server.putBlob(REPOSITORY, EMPTY);
});
afterEach(async () => {
  client.close();
  await server.close();
});

const config = {
  mediaType: "application/vnd.oci.empty.v1+json",
  digest: digestOf(EMPTY),
  size: EMPTY.length,
};
const described = ({ digest, manifest, mediaType }: RestoreItem) => ({
  mediaType,
  digest,
  size: Buffer.from(manifest, "base64").length,
});

function item(body: object, tags: readonly string[] = [], mediaType = MANIFEST): RestoreItem {
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...body }));
  const manifest = bytes.toString("base64");
  return { host: server.host, repository: REPOSITORY, digest: digestOf(bytes), mediaType, tags, manifest };
}

/** An image of two platforms with two SBOMs, of which one is signed, and the lists of those that a pusher keeps. */
function released(): readonly RestoreItem[] {
  const platform = (architecture: string) => item({ config, layers: [], annotations: { architecture } });
  const [amd64, arm64] = [platform("amd64"), platform("arm64")];
  const image = item({ manifests: [amd64, arm64].map(described) }, ["20260304-0000001"], INDEX);
  const refers = (subject: RestoreItem, artifactType: string) =>
    item({ artifactType, config, layers: [], subject: described(subject) });
  const [spdx, cyclonedx] = [refers(image, "a/spdx"), refers(image, "a/cyclonedx")];
  const signature = refers(spdx, "a/signature");
  const listOf = (subject: RestoreItem, ...entries: readonly RestoreItem[]) =>
    item({ manifests: entries.map(described) }, [subject.digest.replace(":", "-")], INDEX);
  return [
    image,
    listOf(image, cyclonedx, spdx),
    spdx,
    cyclonedx,
    listOf(spdx, signature),
    signature,
    amd64,
    arm64,
  ];
}

function shuffled<Item>(items: readonly Item[], seed: number): readonly Item[] {
  const random = createRandom(seed + 1);
  return items
    .map((each) => ({ each, at: random(1e9) }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ each }) => each);
}

async function restore(items: readonly RestoreItem[]) {
  const list: RestoreList = {
    version: 1,
    fleet: "sample",
    time: "2026-03-04T05:06:07.000Z",
    items,
    engines: [],
  };
  const file = `${machine.state.folder}/prune/list.json`;
  const world = withStateFiles(machine.world(), machine.state.folder, { [file]: JSON.stringify(list) });
  return restorePruned(world, { file, wait: 0, command: "restore" });
}

const referrersOf = async (subject: Digest) =>
  (await client.listReferrers({ host: server.host, repository: REPOSITORY }, subject))
    .map(({ digest }) => digest)
    .toSorted();

describe("a release with what refers to it, on a registry without an API for that", () => {
  it("comes back whole, in whichever order its list is", async () => {
    const items = released();
    for (let seed = 0; seed < 40; seed++) {
      const repo = server.store.repo(REPOSITORY);
      repo.manifests.clear();
      repo.tags.clear();
      const report = await restore(shuffled(items, seed));
      expect([report.exit, report.left], `seed ${seed}`).toEqual([0, []]);
      for (const { digest, tags } of items) {
        // A list is the same by what is on it.
        if (tags.some((tag) => tag.startsWith("sha256-"))) continue;
        expect(repo.manifests.has(digest)).toBe(true);
        for (const tag of tags) expect(repo.tags.get(tag)).toBe(digest);
      }
      const [image, , spdx, cyclonedx, , signature] = items;
      expect(await referrersOf(image!.digest)).toEqual([spdx!.digest, cyclonedx!.digest].toSorted());
      expect(await referrersOf(spdx!.digest)).toEqual([signature!.digest]);
    }
  });

  it("is put back so that nothing refers to what is not there, and no index lacks a part", () => {
    const items = released();
    for (let seed = 0; seed < 40; seed++) {
      const order = restoreOrder(shuffled(items, seed)).map(({ digest }) => digest);
      expect(order.toSorted()).toEqual(items.map(({ digest }) => digest).toSorted());
      const [image, list, spdx, cyclonedx, listOfSpdx, signature, amd64, arm64] = items.map(({ digest }) =>
        order.indexOf(digest),
      ) as [number, number, number, number, number, number, number, number];
      for (const [first, later] of [
        [amd64, image],
        [arm64, image],
        [image, spdx],
        [image, cyclonedx],
        [spdx, list],
        [cyclonedx, list],
        [spdx, signature],
        [signature, listOfSpdx],
      ] as const)
        expect(first).toBeLessThan(later);
    }
  });

  it("joins the list of what somebody pushed meanwhile, and loses none of that", async () => {
    const items = released();
    const [image, , spdx, cyclonedx] = items;
    const theirs = item({ artifactType: "a/theirs", config, layers: [], subject: described(image!) });
    const at = { host: server.host, repository: REPOSITORY };
    await client.putManifest(
      { ...at, digest: theirs.digest },
      Buffer.from(theirs.manifest, "base64"),
      MANIFEST,
    );
    expect((await restore(items)).left).toEqual([]);
    expect(await referrersOf(image!.digest)).toEqual(
      [theirs.digest, spdx!.digest, cyclonedx!.digest].toSorted(),
    );
  });

  it("moves no other tag, and no tag of this form that stands on something else than a list", async () => {
    const items = released();
    const [image, list] = items;
    const tag = list!.tags[0] ?? "";
    const other = server.putManifest(REPOSITORY, tag, {
      schemaVersion: 2,
      mediaType: MANIFEST,
      config,
      layers: [],
    });
    const report = await restore([list!]);
    expect([report.exit, report.left.map(({ name }) => name)]).toEqual([4, [`${REPOSITORY}:${tag}`]]);
    expect(server.store.repo(REPOSITORY).tags.get(tag)).toBe(other);
    expect(report.left[0]?.why).toContain("is not moved");
    expect(image?.tags).toHaveLength(1);
  });

  it("ends where a list's tag and what it is about name each other", () => {
    const one = item({ manifests: [] }, [], INDEX);
    const two = item(
      { manifests: [described(one)] },
      [`sha256-${one.digest.slice("sha256:".length)}`],
      INDEX,
    );
    const three = { ...one, tags: [`sha256-${two.digest.slice("sha256:".length)}`] };
    expect(restoreOrder([two, three])).toHaveLength(2);
  });
});

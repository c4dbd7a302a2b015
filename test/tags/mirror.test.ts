import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Digest, digestOf } from "../../src/core/base/digest.ts";
import type { ReleaseBody } from "../../src/core/record/kinds.ts";
import { createLayoutRegistry } from "../../src/edge/registry/layout.ts";
import type { Registry } from "../../src/edge/registry/port.ts";
import { type MirrorReport, mirror } from "../../src/flow/tags/mirror.ts";
import { promote } from "../../src/flow/tags/promote.ts";
import { call } from "../cli/call.ts";
import { codeOf, released } from "../flow/run.ts";
import { pushImage } from "../kit/memory-image.ts";
import { type MemoryRegistryServer, startMemoryRegistry } from "../kit/memory-registry.ts";
import { cutAfter, flipped, status } from "../kit/memory-registry-faults.ts";
import type { Asked } from "../kit/memory-registry-store.ts";
import { NAMESPACE, SAMPLE_IMAGES } from "../kit/sample-fleet.ts";
import type { TestMachine } from "../kit/world.ts";
import { change, type HttpMachine, httpMachine, restart } from "./machine.ts";

let under: HttpMachine;
let other: MemoryRegistryServer;
let folder: string;
let body: ReleaseBody;
beforeEach(async () => {
  [under, other, folder] = await Promise.all([
    httpMachine(),
    startMemoryRegistry(),
    mkdtemp(join(tmpdir(), "lapstrake-mirror-")),
  ]);
  body = await released(under.machine);
  under.server.forget();
});
afterEach(() => Promise.all([under.server.close(), other.close(), rm(folder, { recursive: true })]));

function run(machine: TestMachine, target: string, release = "last"): Promise<MirrorReport> {
  const world = { ...machine.world(), layout: async (folder: string) => createLayoutRegistry(folder) };
  return mirror(world, { release, target, wait: 0, command: "lapstrake mirror" });
}

const tags = (registry: Registry, host: string, namespace: string) =>
  Promise.all(
    SAMPLE_IMAGES.map(async (name) => {
      const found = await registry.resolve({ host, repository: `${namespace}/${name}`, tag: body.tag });
      return [name, found?.digest] as const;
    }),
  ).then(Object.fromEntries);
const released_ = () => Object.fromEntries(body.images.map(({ name, digest }) => [name, digest]));
/** Blobs whose bytes came, by the digest that closed the upload. */
const uploads = (asked: readonly Asked[]): readonly string[] =>
  asked
    .filter(({ method, url }) => method === "PUT" && url.pathname.includes("/blobs/uploads/"))
    .map(({ url }) => url.searchParams.get("digest") ?? "");
const isManifestPut = ({ method, url }: Asked) => method === "PUT" && url.pathname.includes("/manifests/");

/** Every blob of every image and of the record. */
async function allBlobs(): Promise<ReadonlySet<Digest>> {
  const blobs = new Set<Digest>();
  const roots = [
    ...body.images,
    { repository: `${NAMESPACE}/releases`, digest: body.artifact ?? digestOf("none") },
  ];
  for (const { repository, digest } of roots) {
    const stored = await under.registry.readManifest({ host: under.server.host, repository, digest });
    if (stored?.content.kind !== "manifest") throw new Error(`${repository} is no manifest`);
    const { config, layers } = stored.content.manifest;
    for (const blob of [config, ...layers]) blobs.add(blob.digest);
  }
  return blobs;
}

describe("a mirror in another registry", () => {
  const target = () => `${other.host}/far/away`;

  it("has every digest, each blob sent once, the record last; the second time nothing is sent", async () => {
    const blobs = await allBlobs();
    const report = await run(under.machine, target());
    expect(report).toMatchObject({ state: "mirrored", exit: 0, release: body.tag, blobsSent: blobs.size });
    expect(await tags(under.registry, other.host, "far/away")).toEqual(released_());
    expect([...uploads(other.asked)].sort()).toEqual([...blobs].sort());
    const puts = other.asked.filter(isManifestPut).map(({ url }) => url.pathname);
    expect(puts.at(-1)).toBe(`/v2/far/away/releases/manifests/${body.tag}`);
    expect(
      (await under.registry.resolve({ host: other.host, repository: "far/away/releases", tag: body.tag }))
        ?.digest,
    ).toBe(body.artifact);
    other.forget();
    expect(await run(under.machine, target())).toMatchObject({ state: "unchanged", blobsSent: 0, exit: 0 });
    expect(other.asked.filter(({ method }) => method !== "HEAD" && method !== "GET")).toEqual([]);
  });

  it("of a later release sends only what is new", async () => {
    await run(under.machine, target());
    change(under.machine, "two");
    const before = await allBlobs();
    body = await released(under.machine);
    const after = await allBlobs();
    other.forget();
    expect(await run(under.machine, target())).toMatchObject({ state: "mirrored", exit: 0 });
    const fresh = [...after].filter((digest) => !before.has(digest));
    expect(fresh.length).toBeGreaterThan(0);
    expect([...uploads(other.asked)].sort()).toEqual(fresh.sort());
  });

  it("may be of an older release by its tag", async () => {
    const first = body;
    change(under.machine, "two");
    await released(under.machine);
    expect(await run(under.machine, target(), first.tag)).toMatchObject({ release: first.tag, exit: 0 });
    expect(await tags(under.registry, other.host, "far/away")).toEqual(released_());
  });

  it("has no tag before all content stands; the rerun sends only what is missing", async () => {
    other.fault(
      status({ when: (asked) => isManifestPut(asked) && asked.url.pathname.includes("/cpu/") }, 403),
    );
    const report = await run(under.machine, target());
    expect(report).toMatchObject({ state: "partly", exit: 4 });
    expect(report.images.map(({ name, state }) => [name, state])).toEqual([
      ["base", "waiting"],
      ["web", "waiting"],
      ["cpu", "failed"],
      ["api", "waiting"],
      ["releases", "waiting"],
    ]);
    expect(await tags(under.registry, other.host, "far/away")).toEqual({});
    other.clearFaults();
    other.forget();
    expect(await run(under.machine, target())).toMatchObject({ state: "mirrored", blobsSent: 0, exit: 0 });
    expect(uploads(other.asked)).toEqual([]);
    expect(await tags(under.registry, other.host, "far/away")).toEqual(released_());
  });

  it("that is killed at any request goes on, and no tag ever stands on what is not whole", async () => {
    const blobs = await allBlobs();
    let sent = 0;
    let isDone = false;
    for (let at = 3; !isDone; at += 5) {
      restart(under.machine);
      let count = 0;
      other.fault({
        when: ({ method }) => method !== "HEAD" && ++count === at,
        times: 1,
        instead: () => {
          under.machine.drain.abort();
          under.machine.kill.abort();
          return "silence";
        },
      });
      other.forget();
      isDone = await run(under.machine, target()).then(
        ({ exit }) => exit === 0,
        () => false,
      );
      other.clearFaults();
      sent += uploads(other.asked).length;
      expect(await dangling(other)).toEqual([]);
    }
    restart(under.machine);
    expect(await run(under.machine, target())).toMatchObject({ state: "unchanged", exit: 0 });
    expect(await tags(under.registry, other.host, "far/away")).toEqual(released_());
    // The PUTs that the kills swallowed were counted, and had to come again; nothing else did.
    expect(sent).toBeLessThan(blobs.size * 2);
  });

  it("stops before a byte is sent where a tag there stands on something else", async () => {
    const at = { host: other.host, repository: "far/away/web", tag: body.tag };
    const stranger = await pushImage(under.registry, at, { layers: ["stranger"] });
    other.forget();
    expect(await codeOf(run(under.machine, target()))).toBe("TAG_MOVED");
    expect(other.asked.every(({ method }) => method === "HEAD" || method === "GET")).toBe(true);
    expect((await under.registry.resolve(at))?.digest).toBe(stranger);
  });

  it("takes no blob whose bytes are not those of its digest", async () => {
    const web = body.images.find(({ name }) => name === "web")!;
    const at = { host: under.server.host, repository: web.repository };
    const stored = await under.registry.readManifest({ ...at, digest: web.digest });
    if (stored?.content.kind !== "manifest") throw new Error("web is no manifest");
    const own = stored.content.manifest.layers.at(-1)!;
    under.server.fault(
      flipped({ when: ({ method, url }) => method === "GET" && url.pathname.endsWith(own.digest) }),
    );
    const report = await run(under.machine, target());
    expect(report).toMatchObject({ state: "partly", exit: 4 });
    // api is on web, so it lacks the same layer.
    expect(report.images.filter(({ state }) => state === "failed").map(({ name }) => name)).toEqual([
      "web",
      "api",
    ]);
    expect(await tags(under.registry, other.host, "far/away")).toEqual({});
  });

  it("asks again for a manifest or a tag that was taken and lost", async () => {
    const lost = (part: string) => ({
      when: (asked: Asked) => isManifestPut(asked) && asked.url.pathname.includes(part),
      times: 1,
      instead: () => ({ status: 201, headers: {}, body: Buffer.alloc(0) }),
    });
    other.fault(lost("/web/manifests/sha256"));
    other.fault(lost(`/api/manifests/${body.tag}`));
    expect(await run(under.machine, target())).toMatchObject({ state: "mirrored", exit: 0 });
    expect(await tags(under.registry, other.host, "far/away")).toEqual(released_());
  });

  it("survives answers that are lost after the registry did what was asked", async () => {
    let count = 0;
    other.fault(cutAfter({ when: ({ method }) => method !== "HEAD" && ++count % 4 === 0 }));
    expect(await run(under.machine, target())).toMatchObject({ state: "mirrored", exit: 0 });
    expect(await tags(under.registry, other.host, "far/away")).toEqual(released_());
  });

  it("gets neither channels nor -prev tags: those are this registry's", async () => {
    await promote(under.machine.world(), {
      release: "last",
      channel: "stable",
      partial: false,
      wait: 0,
      command: "promote",
    });
    await run(under.machine, target());
    expect(await under.registry.listTags({ host: other.host, repository: "far/away/web" })).toEqual([
      body.tag,
    ]);
  });
});

describe("a mirror in another namespace of the same registry", () => {
  it("is mounted: no blob is sent", async () => {
    const { server, machine, registry } = under;
    const report = await run(machine, `${server.host}/copy`);
    expect(report).toMatchObject({ state: "mirrored", blobsSent: 0, bytesSent: 0, exit: 0 });
    expect(uploads(server.asked)).toEqual([]);
    expect(await tags(registry, server.host, "copy")).toEqual(released_());
  });

  it("is refused where the fleet is already", async () => {
    expect(await codeOf(run(under.machine, `${under.server.host}/${NAMESPACE}`))).toBe("MIRROR_TARGET");
  });

  it("is sent where the registry does not mount (canary of the count)", async () => {
    const plain = await httpMachine({ mounts: false });
    try {
      await released(plain.machine);
      plain.server.forget();
      expect(await run(plain.machine, `${plain.server.host}/copy`)).toMatchObject({
        state: "mirrored",
        exit: 0,
      });
      expect(uploads(plain.server.asked).length).toBeGreaterThan(0);
    } finally {
      await plain.server.close();
    }
  });
});

describe("a mirror in a layout folder", () => {
  it("has every digest under the names of the registry, and what it holds hashes to its names", async () => {
    const blobs = await allBlobs();
    const report = await run(under.machine, `oci:${folder}/fleet`);
    expect(report).toMatchObject({ state: "mirrored", exit: 0, blobsSent: blobs.size });
    const layout = createLayoutRegistry(join(folder, "fleet"));
    expect(await tags(layout, under.server.host, NAMESPACE)).toEqual(released_());
    const path = join(folder, "fleet", "blobs", "sha256");
    const files = await readdir(path);
    expect(files).toHaveLength(blobs.size + body.images.length + 1);
    for (const name of files) expect(digestOf(await readFile(join(path, name)))).toBe(`sha256:${name}`);
    expect(await run(under.machine, `oci:${folder}/fleet`)).toMatchObject({
      state: "unchanged",
      blobsSent: 0,
    });
  });

  it("gets back a blob that somebody deleted", async () => {
    const [lost] = await allBlobs();
    await run(under.machine, `oci:${folder}`);
    await rm(join(folder, "blobs", "sha256", lost!.slice("sha256:".length)));
    expect(await run(under.machine, `oci:${folder}`)).toMatchObject({
      state: "mirrored",
      blobsSent: 1,
      exit: 0,
    });
  });

  it("holds the fleet's lock: a folder takes one writer", async () => {
    const lock = await under.machine.state.lock({ command: "other" });
    expect(await codeOf(run(under.machine, `oci:${folder}`))).toBe("LOCK_HELD");
    await lock.release();
  });
});

describe("the target", () => {
  it.each([
    "oci:",
    "nowhere",
    "myteam/fleet",
    "r.example/Upper",
    "r.example/a:tag",
    "https://r.example/a",
    "r.example/",
  ])("%s is refused", async (target) => {
    expect(await codeOf(run(under.machine, target))).toBe("MIRROR_TARGET");
  });
});

describe("the command line", () => {
  it("tells each reference and how much was sent, with progress on stderr", async () => {
    const { machine, registry } = under;
    const world = { registry: () => registry };
    const answer = await call(machine, ["mirror", "last", `${other.host}/far`], { world });
    expect(answer.exit).toBe(0);
    expect(answer.out).toContain(`${other.host}/far has ${body.tag}: 5 references put, 0 were there`);
    expect(answer.err).toContain("web: pushing");
    const again = await call(machine, ["mirror", "last", `${other.host}/far`, "--json"], { world });
    expect(JSON.parse(again.out)).toMatchObject({ version: 1, state: "unchanged", blobsSent: 0 });
    expect((await call(machine, ["mirror", "last"])).exit).toBe(2);
  });
});

/** What tags of the registry promise and it does not hold. */
async function dangling(server: MemoryRegistryServer): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of [...SAMPLE_IMAGES, "releases"]) {
    const repository = `far/away/${name}`;
    const repo = server.store.repo(repository);
    for (const [tag, digest] of repo.tags) {
      const manifest = repo.manifests.get(digest);
      if (manifest === undefined) found.push(`${repository}:${tag}`);
      else {
        const { config, layers } = JSON.parse(manifest.bytes.toString()) as {
          config: { digest: string };
          layers: { digest: string }[];
        };
        for (const blob of [config, ...layers])
          if (!repo.blobs.has(blob.digest)) found.push(`${repository}:${tag} ${blob.digest}`);
      }
    }
  }
  return found;
}

import { beforeEach, describe, expect, it } from "vitest";
import { CYCLONEDX_TYPE } from "../../src/core/audit/sbom/cyclonedx.ts";
import { SPDX_TYPE } from "../../src/core/audit/sbom/spdx.ts";
import { digestOf, isDigest } from "../../src/core/base/digest.ts";
import { isKind } from "../../src/core/record/entry.ts";
import { RecordError } from "../../src/core/record/error.ts";
import { parseReleaseRecord } from "../../src/core/record/release-artifact.ts";
import { notBuilt } from "../../src/edge/builder/memory.ts";
import { planFleet } from "../../src/flow/plan-fleet.ts";
import { readRecord } from "../../src/flow/publish-record.ts";
import { buildAndPush } from "../kit/pushing-builder.ts";
import { commitNamed, HOST, NAMESPACE, SAMPLE_IMAGES } from "../kit/sample-fleet.ts";
import { createTestMachine, gitAt, type TestMachine } from "../kit/world.ts";
import { codeOf, countCalls, released, run, tagsOf } from "./run.ts";

let machine: TestMachine;
beforeEach(async () => {
  machine = await createTestMachine();
});

const TAG = `20260304-${commitNamed("one").slice(0, 7)}`;
const at = (image: string) => ({ host: HOST, repository: `${NAMESPACE}/${image}` });
const everyTag = (...tags: string[]) => Object.fromEntries(SAMPLE_IMAGES.map((name) => [name, tags]));

describe("the first release", () => {
  it("builds parents first, tags every image, and records it", async () => {
    const report = await run(machine);
    expect(report).toMatchObject({ state: "released", built: 4, exit: 0 });
    expect(machine.takeBuilt()).toEqual(["base", "web", "cpu", "api"]);
    expect(await tagsOf(machine)).toEqual(everyTag(TAG));
    const body = (await machine.state.ledger.last("release"))?.body;
    expect(body).toMatchObject({ tag: TAG, sha: commitNamed("one"), dirty: false, partial: false });
    expect(body?.images.map(({ name, kind }) => `${name} ${kind}`)).toEqual(
      SAMPLE_IMAGES.map((name) => `${name} built`),
    );
  });

  it("puts each tag on exactly the digest that its content name has", async () => {
    const { images } = await released(machine);
    for (const { name, identity, digest } of images) {
      const content = await machine.registry.resolve({ ...at(name), tag: `in-${identity.slice(7)}` });
      const tag = await machine.registry.resolve({ ...at(name), tag: TAG });
      expect([content?.digest, tag?.digest]).toEqual([digest, digest]);
    }
  });

  it("leaves a record in the registry that says the same as the ledger", async () => {
    const body = await released(machine);
    const stored = await readRecord(machine.registry, at("releases"), TAG);
    expect(stored?.digest).toBe(body.artifact);
    expect(stored?.record).toMatchObject({ fleet: "sample", tag: TAG, images: body.images });
    // The canary: another text is no record.
    expect(() => parseReleaseRecord("{}")).toThrow(RecordError);
  });

  const attachSboms = (): void => {
    machine.files["lapstrake.yaml"] = `${String(machine.files["lapstrake.yaml"])}  sbom: attach\n`;
  };

  it("puts an SBOM in both formats beside each image, before its tag, where the blueprint says so", async () => {
    attachSboms();
    const { images } = await released(machine);
    const puts = machine.registry.calls.filter((call) => call.startsWith("PUT"));
    for (const { name, digest, repository } of images) {
      const before = puts.slice(0, puts.indexOf(`PUT ${HOST}/${repository}:${TAG}`));
      const own = before.filter((call) => call.startsWith(`PUT ${HOST}/${repository}@`));
      const types = await Promise.all(
        own.map(async (call) => {
          const artifact = call.slice(call.indexOf("@") + 1);
          if (!isDigest(artifact)) throw new Error(`${call} names no digest`);
          const content = (await machine.registry.readManifest({ ...at(name), digest: artifact }))?.content;
          if (content?.kind !== "manifest" || content.manifest.subject?.digest !== digest) return undefined;
          return content.manifest.artifactType;
        }),
      );
      expect(types).toEqual(expect.arrayContaining([CYCLONEDX_TYPE, SPDX_TYPE]));
    }
  });

  it("goes without the SBOM of an image whose layers are damaged, and says so", async () => {
    attachSboms();
    machine.build = async (request, push) =>
      request.image === "api"
        ? buildAndPush(machine.registry, request, { layers: (own) => [...own, "no archive"] })
        : push();
    const report = await run(machine);
    expect(report).toMatchObject({ state: "released", withoutSbom: [{ name: "api" }] });
  });

  it("gives each child its parent by digest, and labels base and revision", async () => {
    machine.commits.set("web", { sha: commitNamed("w"), epoch: 1_650_000_000, boundary: false });
    const { images } = await released(machine);
    const base = images.find(({ name }) => name === "base")?.digest;
    const web = machine.builder.requests.find(({ image }) => image === "web");
    expect(web?.contexts).toEqual({ base: `docker-image://${HOST}/${NAMESPACE}/base@${base}` });
    expect(web?.labels).toMatchObject({
      "org.opencontainers.image.base.name": `${NAMESPACE}/base`,
      "org.opencontainers.image.base.digest": base,
      "org.opencontainers.image.revision": commitNamed("w"),
    });
    expect(Object.values(web?.labels ?? {})).not.toContain(TAG);
  });

  it("never gives a child an older epoch than its parent", async () => {
    machine.commits.set("base", { sha: commitNamed("b"), epoch: 1_690_000_000, boundary: false });
    machine.commits.set("web", { sha: commitNamed("w"), epoch: 1_650_000_000, boundary: false });
    await released(machine);
    const epochs = new Map(machine.builder.requests.map(({ image, epoch }) => [image, epoch]));
    expect(epochs.get("web")).toBe(1_690_000_000);
    const entries = (await machine.state.ledger.read()).filter((entry) => isKind(entry, "build"));
    expect(entries.find(({ body }) => body.image === "web")?.body).toMatchObject({
      epoch: 1_690_000_000,
      engine: "private",
      bytes: expect.any(Number),
    });
  });
});

describe("a release with nothing to do", () => {
  it("asks with HEADs only: one for each tag, one for the record that binds identities to digests", async () => {
    await released(machine);
    machine.takeCalls();
    machine.now += 86_400_000;
    expect(await run(machine)).toMatchObject({ state: "unchanged", exit: 0, release: { tag: TAG } });
    expect(countCalls(machine.takeCalls())).toEqual({ HEAD: 5 });
    expect(machine.takeBuilt()).toHaveLength(4);
  });

  it("of a plan, asks all content names in one round, from the journal", async () => {
    await released(machine);
    const open: string[] = [];
    let most = 0;
    machine.faults = {
      resolve: async (ref) => {
        open.push(ref.repository);
        most = Math.max(most, open.length);
        await new Promise(setImmediate);
        open.pop();
        return machine.registry.resolve(ref);
      },
    };
    await planFleet(machine.world());
    expect(most).toBe(4);
  });

  it("writes nothing into the ledger", async () => {
    await released(machine);
    const head = await machine.state.ledger.head();
    await run(machine);
    expect(await machine.state.ledger.head()).toEqual(head);
  });

  it("puts a tag that somebody removed again", async () => {
    await released(machine);
    machine.registry.dropTag(at("web"), TAG);
    expect(await run(machine)).toMatchObject({ state: "released", built: 0 });
    expect(await tagsOf(machine)).toEqual(everyTag(TAG));
  });
});

describe("after a commit", () => {
  it("that touches no input, only tags move on", async () => {
    await released(machine);
    machine.takeBuilt();
    machine.commit("two");
    const body = await released(machine);
    expect(machine.takeBuilt()).toEqual([]);
    expect(body.tag).toBe(`20260304-${commitNamed("two").slice(0, 7)}`);
    expect(await tagsOf(machine)).toEqual(everyTag(...[TAG, body.tag, `${body.tag}-prev`].sort()));
    expect(body.images.every(({ kind }) => kind === "reused")).toBe(true);
  });

  it.each([
    ["web/app/main.py", ["web", "api"]],
    ["cpu/lib.so", ["cpu", "api"]],
    ["api/run.sh", ["api"]],
    ["base/etc/motd", ["base", "web", "cpu", "api"]],
    ["base/unused.txt", []],
  ])("that changes %s, just %j are built", async (path, images) => {
    await released(machine);
    machine.takeBuilt();
    machine.files[path] = "changed\n";
    machine.commit("two");
    await released(machine);
    expect(machine.takeBuilt()).toEqual(images);
  });

  it("back to a released commit, the old tags are found and nothing is built", async () => {
    const first = await released(machine);
    machine.commit("two");
    machine.files["api/run.sh"] = "two\n";
    const second = await released(machine);
    machine.takeBuilt();
    machine.commit("one");
    machine.files["api/run.sh"] = { content: "#!/bin/sh\n", mode: 0o755 };
    const third = await released(machine);
    expect(machine.takeBuilt()).toEqual([]);
    expect(third.tag).toBe(first.tag);
    expect(third.artifact).toBe(first.artifact);
    expect(second.tag).not.toBe(first.tag);
    expect((await machine.state.ledger.last("release"))?.body.tag).toBe(first.tag);
  });
});

describe("a failure in the middle", () => {
  const failing =
    (name: string): NonNullable<TestMachine["build"]> =>
    async (request, push) =>
      request.image === name ? notBuilt("step-failed") : push();

  it("tags nothing, exits 4, and a rerun repeats nothing that is finished", async () => {
    machine.build = failing("web");
    const report = await run(machine);
    expect(report).toMatchObject({ state: "stopped", exit: 4 });
    expect(await tagsOf(machine)).toEqual(everyTag());
    expect(await machine.state.ledger.last("release")).toBeUndefined();
    if (report.state !== "stopped") throw new Error("unreachable");
    expect([...report.build.outcomes].map(([name, { state }]) => `${name} ${state}`)).toEqual([
      "base built",
      "web failed",
      "cpu built",
      "api blocked",
    ]);
    machine.takeBuilt();
    machine.build = undefined;
    expect(await run(machine)).toMatchObject({ state: "released", exit: 0 });
    expect(machine.takeBuilt()).toEqual(["web", "api"]);
    expect(await tagsOf(machine)).toEqual(everyTag(TAG));
  });

  it("of the only image without anything standing exits 1; of the machine, 3", async () => {
    machine.build = async () => notBuilt("step-failed");
    expect(await run(machine)).toMatchObject({ state: "stopped", exit: 1 });
    machine.build = async () => notBuilt("engine-lost");
    expect(await run(machine)).toMatchObject({ state: "stopped", exit: 3 });
  });

  it("with --fail-fast starts nothing more, and is no cancellation", async () => {
    machine.build = failing("base");
    const report = await run(machine, { failFast: true, jobs: 1 });
    expect(report).toMatchObject({ state: "stopped", exit: 1 });
    machine.build = failing("web");
    const second = await run(machine, { failFast: true, jobs: 1 });
    expect(second).toMatchObject({ state: "stopped", exit: 4 });
    if (second.state !== "stopped") throw new Error("unreachable");
    expect(second.build.outcomes.get("cpu")).toEqual({ state: "blocked", by: "web" });
  });

  it("with --partial releases the rest, records what is missing, and the next run completes it", async () => {
    machine.build = failing("web");
    const report = await run(machine, { partial: true });
    expect(report).toMatchObject({ state: "released", exit: 4, release: { partial: true } });
    const body = (await machine.state.ledger.last("release"))?.body;
    expect(body?.images.map(({ name }) => name)).toEqual(["base", "cpu"]);
    expect(body?.unavailable.map(({ name }) => name)).toEqual(["web", "api"]);
    expect(await tagsOf(machine)).toEqual({ base: [TAG], web: [], cpu: [TAG], api: [] });
    machine.build = undefined;
    expect(await run(machine)).toMatchObject({ state: "released", exit: 0, release: { partial: false } });
    expect(await tagsOf(machine)).toEqual(everyTag(TAG));
    // Both records are kept: no tag of a record is moved.
    expect(await machine.registry.listTags(at("releases"))).toHaveLength(2);
    expect(await run(machine)).toMatchObject({ state: "unchanged" });
  });
});

describe("a dirty tree", () => {
  it("is refused before anything is built", async () => {
    machine.git = gitAt("one", ["web/app/main.py"]);
    expect(await codeOf(run(machine))).toBe("DIRTY_TREE");
    expect(machine.takeBuilt()).toEqual([]);
  });

  it("is also one whose builds copy what git ignores, alone or in an ignored folder", async () => {
    for (const ignored of ["web/app/main.py", "web/app/"]) {
      machine.git = { ...gitAt("one"), ignored: ["base/unused.txt", ignored] };
      const error = await run(machine).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: "DIRTY_TREE", hint: expect.stringContaining(".dockerignore") });
      expect(String(error)).toContain("web/app/main.py (git ignores it)");
      expect(machine.takeBuilt()).toEqual([]);
    }
    // The canary: what nobody copies may be ignored.
    machine.git = { ...gitAt("one"), ignored: ["base/unused.txt", "web/app/main.pyc"] };
    expect(await run(machine)).toMatchObject({ state: "released", exit: 0 });
  });

  it("with --allow-dirty gets a tag that says so and which content it had", async () => {
    machine.git = gitAt("one", ["web/app/main.py"]);
    const first = await released(machine, { allowDirty: true });
    expect(first.tag).toMatch(new RegExp(`^${TAG}-dirty-[0-9a-f]{8}$`));
    expect(first.dirty).toBe(true);
    machine.files["web/app/main.py"] = "other\n";
    const second = await released(machine, { allowDirty: true });
    expect(second.tag).not.toBe(first.tag);
    machine.git = gitAt("one");
    machine.files["web/app/main.py"] = "print('web')\n";
    expect((await released(machine)).tag).toBe(TAG);
  });
});

describe("a tag that stands on another digest", () => {
  it("is never moved: both digests and the release that made it are shown, nothing else is tagged", async () => {
    const first = await released(machine);
    machine.files["web/app/main.py"] = "changed without a commit that git would show\n";
    const error = await run(machine).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "TAG_MOVED", exit: 1 });
    const { problems } = error as { problems: readonly { message: string }[] };
    const before = first.images.find(({ name }) => name === "web")?.digest ?? "?";
    const web = problems.find(({ message }) => message.includes(`${NAMESPACE}/web:`));
    expect(web?.message).toContain(before);
    expect(web?.message).toContain(`released as ${TAG}`);
    expect(web?.message).toMatch(/move it to sha256:[0-9a-f]{64}/);
    expect((await machine.registry.resolve({ ...at("web"), tag: TAG }))?.digest).toBe(before);
  });

  it("is also found where the last release is the same", async () => {
    await released(machine);
    const stored = await machine.registry.readManifest({ ...at("web"), tag: "unproven" });
    const other = Buffer.from(stored!.bytes).toString("utf8").replace('"layers"', ' "layers"');
    await machine.registry.putManifest(
      { ...at("web"), tag: TAG },
      Buffer.from(other),
      stored!.descriptor.mediaType,
    );
    expect(digestOf(other)).not.toBe(stored!.descriptor.digest);
    expect(await codeOf(run(machine))).toBe("TAG_MOVED");
  });
});

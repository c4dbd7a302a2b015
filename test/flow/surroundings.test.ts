import { beforeEach, describe, expect, it } from "vitest";
import { type Digest, digestOf } from "../../src/core/base/digest.ts";
import { formatLock } from "../../src/core/blueprint/format-lock.ts";
import { MediaType } from "../../src/core/oci/media-type.ts";
import { built } from "../../src/edge/builder/memory.ts";
import { buildFleet } from "../../src/flow/build-fleet.ts";
import { planFleet } from "../../src/flow/plan-fleet.ts";
import { status } from "../../src/flow/status.ts";
import { packImage, pushImage, ROOT_HOST } from "../kit/memory-image.ts";
import { buildAndPush } from "../kit/pushing-builder.ts";
import { commitNamed, HOST, NAMESPACE, SAMPLE_BLUEPRINT, sampleLock } from "../kit/sample-fleet.ts";
import { createTestMachine, type TestMachine } from "../kit/world.ts";
import { codeOf, FLAGS, released, run, tagsOf } from "./run.ts";

let machine: TestMachine;
beforeEach(async () => {
  machine = await createTestMachine();
});

const TAG = `20260304-${commitNamed("one").slice(0, 7)}`;
const nowhere = digestOf("nothing has this digest");

describe("a fresh machine", () => {
  it("learns of the release from the registry: nothing is built, tagged or recorded again", async () => {
    const first = await released(machine);
    const fresh = await createTestMachine({ registry: machine.registry });
    fresh.now += 3 * 86_400_000;
    fresh.takeCalls();
    expect(await run(fresh)).toMatchObject({
      state: "unchanged",
      release: { tag: TAG, artifact: first.artifact },
    });
    expect(fresh.takeBuilt()).toEqual([]);
    expect(fresh.takeCalls().filter((call) => call.startsWith("PUT"))).toEqual([]);
  });

  it("takes the newest of two records of one day, not the last in the order of the tags", async () => {
    const words = ["one", "two"].sort((a, b) => (commitNamed(a) < commitNamed(b) ? 1 : -1));
    for (const word of words) {
      machine.commit(word);
      machine.files["api/run.sh"] = `${word}\n`;
      machine.now += 1000;
      await released(machine);
    }
    const fresh = await createTestMachine({ registry: machine.registry, files: machine.files });
    fresh.commit(words[1]!);
    expect(await run(fresh)).toMatchObject({ state: "unchanged" });
  });

  it("with an older ledger of its own finds the newer release of another", async () => {
    const other = await createTestMachine({ registry: machine.registry });
    await released(machine);
    other.commit("two");
    other.now += 1000;
    await released(other);
    machine.commit("two");
    machine.now += 86_400_000;
    expect(await run(machine)).toMatchObject({
      state: "unchanged",
      release: { tag: `20260304-${commitNamed("two").slice(0, 7)}` },
    });
  });

  it("does not take a record in the registry for one that is newer than its own", async () => {
    await released(machine);
    machine.commit("two");
    machine.now += 1000;
    await released(machine);
    machine.commit("one");
    machine.now += 1000;
    const back = await run(machine);
    // The older release is made the current one again, and the ledger says so.
    expect(back.state).toBe("released");
    expect((await machine.state.ledger.last("release"))?.body.tag).toBe(TAG);
  });
});

describe("status", () => {
  it("takes the newer release of another machine for the last one", async () => {
    const other = await createTestMachine({ registry: machine.registry, files: machine.files });
    await released(machine);
    other.commit("two");
    machine.files["api/run.sh"] = "two\n";
    other.now += 1000;
    const second = await released(other);
    const { release, rows } = await status(machine.world());
    expect(release).toMatchObject({ tag: second.tag, artifact: second.artifact });
    expect(rows.map((row) => row.status)).toEqual(rows.map(() => "released"));
  });
});

describe("a journal that is wrong", () => {
  it("costs questions, never a wrong answer", async () => {
    const first = await released(machine);
    for (const { repository, identity } of first.images)
      machine.state.journal.set(repository, identity, { digest: nowhere, durationMs: 1 });
    expect(await run(machine)).toMatchObject({ state: "unchanged", release: first });
    machine.registry.dropTag(
      { host: HOST, repository: `${NAMESPACE}/base` },
      `in-${first.images[0]?.identity.slice(7)}`,
    );
    machine.takeBuilt();
    const plan = (await planFleet(machine.world())).plan;
    expect(plan.images[0]).toMatchObject({ action: "build", reasons: [{ kind: "not-in-registry" }] });
  });
});

describe("a registry that lies", () => {
  it("about a push does not get the image named", async () => {
    machine.build = async (request, push) => {
      await push();
      return request.image === "base" ? built(nowhere) : push();
    };
    const report = await run(machine);
    expect(report).toMatchObject({ state: "stopped", exit: 3 });
    if (report.state !== "stopped") throw new Error("unreachable");
    expect(report.build.outcomes.get("base")).toMatchObject({ failure: { reason: "push-unproven" } });
    expect(await tagsOf(machine)).toMatchObject({ base: [] });
  });

  it("about a standing image makes its children fail with the reason, and nothing is tagged", async () => {
    machine.faults = {
      resolve: async (ref, options) => {
        if (!ref.repository.endsWith("/base")) return machine.registry.resolve(ref, options);
        return { mediaType: MediaType.ociManifest, digest: nowhere, size: 1 };
      },
    };
    const report = await run(machine);
    expect(report).toMatchObject({ state: "stopped" });
    if (report.state !== "stopped") throw new Error("unreachable");
    expect(report.build.outcomes.get("web")).toMatchObject({ failure: { reason: "PARENT_MISSING" } });
    expect(await tagsOf(machine)).toEqual({ base: [], web: [], cpu: [], api: [] });
  });
});

describe("layers that do not begin with the parent's", () => {
  const recompressed = (): readonly string[] => ["the same files in another compression"];

  it("are built again without the cache", async () => {
    machine.build = async (request, push) => {
      if (request.image !== "web" || request.noCache) return push();
      return buildAndPush(machine.registry, request, { layers: recompressed });
    };
    expect(await run(machine)).toMatchObject({ state: "released", exit: 0 });
    expect(
      machine.builder.requests.filter(({ image }) => image === "web").map(({ noCache }) => noCache),
    ).toEqual([false, true]);
    expect(machine.events).toContainEqual(expect.objectContaining({ type: "note", level: "warning" }));
  });

  it("a second time are a failure, also for the next run: the image never gets its name", async () => {
    machine.build = async (request, push) =>
      request.image === "web" ? buildAndPush(machine.registry, request, { layers: recompressed }) : push();
    for (let turn = 0; turn < 2; turn++) {
      const report = await run(machine);
      expect(report).toMatchObject({ state: "stopped", exit: 4 });
      if (report.state !== "stopped") throw new Error("unreachable");
      expect(report.build.outcomes.get("web")).toMatchObject({ failure: { reason: "layers-differ" } });
    }
    const tags = await machine.registry.listTags({ host: HOST, repository: `${NAMESPACE}/web` });
    expect(tags).toEqual(["unproven"]);
  });

  it("are not seen in a root that is an index of several platforms", async () => {
    await pushIndexRoot(machine);
    expect(await run(machine)).toMatchObject({ state: "released", exit: 0 });
    expect(machine.builder.requests.filter(({ image }) => image === "base")).toHaveLength(1);
  });

  it("are seen in a root that has not our platform", async () => {
    await pushIndexRoot(machine, ["s390x"]);
    const report = await run(machine);
    if (report.state !== "stopped") throw new Error("it must stop");
    expect(report.build.outcomes.get("base")).toMatchObject({ failure: { reason: "layers-differ" } });
  });
});

describe("a root that cannot be had", () => {
  const withLegacy = (): void => {
    machine.files["lapstrake.yaml"] = SAMPLE_BLUEPRINT.replace(
      "images:\n",
      `  old: { image: "${ROOT_HOST}/old:1" }\nimages:\n  legacy: { dockerfile: legacy/Dockerfile, context: legacy }\n  tool: { dockerfile: tool/Dockerfile, context: tool }\n`,
    );
    machine.files["legacy/Dockerfile"] = "FROM old\n";
    machine.files["tool/Dockerfile"] = "FROM legacy\n";
    machine.files["lapstrake.lock"] = formatLock(sampleLock({ old: { unavailable: "no Python 3.10 here" } }));
  };

  it("keeps its images out; the rest is released, and the record has the reason", async () => {
    withLegacy();
    const body = await released(machine);
    expect(body.partial).toBe(false);
    expect(body.images).toHaveLength(4);
    expect(body.unavailable.map(({ name }) => name)).toEqual(["legacy", "tool"]);
    expect(body.unavailable[1]?.why).toContain("no Python 3.10 here");
    expect(await run(machine)).toMatchObject({ state: "unchanged" });
  });

  it("under everything that is asked for is no success", async () => {
    withLegacy();
    const planned = await planFleet(machine.world(), { images: ["tool"], only: false, dependents: false });
    expect((await buildFleet(machine.world(), planned, FLAGS)).exit).toBe(3);
    machine.files["lapstrake.lock"] = formatLock(
      sampleLock({ old: { unavailable: "gone" }, debian: { unavailable: "gone too" } }),
    );
    expect(await codeOf(run(machine))).toBe("NOTHING_TO_RELEASE");
  });
});

describe("the lock", () => {
  it("that is missing, or lacks a root, is asked for before anything else", async () => {
    delete machine.files["lapstrake.lock"];
    expect(await codeOf(run(machine))).toBe("LOCK_MISSING");
    machine.files["lapstrake.lock"] = "version: 1\nroots: {}\nindex: {}\n";
    expect(await codeOf(run(machine))).toBe("LOCK_MISSING");
    expect(machine.takeCalls().filter((call) => call.includes(HOST))).toEqual([]);
  });

  it("that pins another image than the blueprint names is stale", async () => {
    machine.files["lapstrake.yaml"] = SAMPLE_BLUEPRINT.replace("debian:12", "debian:13");
    expect(await codeOf(run(machine))).toBe("LOCK_STALE");
  });

  it("decides the root: another digest is another identity of all that stand on it", async () => {
    await released(machine);
    machine.takeBuilt();
    const moved = await pushImage(
      machine.registry,
      { host: ROOT_HOST, repository: "debian", tag: "13" },
      { layers: ["a security update"] },
    );
    machine.commit("two");
    const lock = sampleLock();
    machine.files["lapstrake.lock"] = formatLock({
      ...lock,
      roots: { debian: { ...lock.roots["debian"]!, digest: moved } },
    });
    await released(machine);
    expect(machine.takeBuilt()).toEqual(["base", "web", "cpu", "api"]);
  });

  it("alone decides: a tag that moved in the root's registry changes nothing", async () => {
    await released(machine);
    await pushImage(
      machine.registry,
      { host: ROOT_HOST, repository: "debian", tag: "12" },
      { layers: ["a security update"] },
    );
    expect(await run(machine)).toMatchObject({ state: "unchanged" });
  });
});

async function pushIndexRoot(on: TestMachine, architectures = ["amd64", "arm64"]): Promise<void> {
  const at = { host: ROOT_HOST, repository: "debian" };
  const manifests = [];
  for (const architecture of architectures) {
    const content = { layers: [`debian for ${architecture}`] };
    const digest = await pushImage(on.registry, at, content);
    const size = packImage(content).manifest.length;
    manifests.push({
      mediaType: MediaType.ociManifest,
      digest,
      size,
      platform: { os: "linux", architecture },
    });
  }
  const index = JSON.stringify({ schemaVersion: 2, mediaType: MediaType.ociIndex, manifests });
  await on.registry.putManifest({ ...at, tag: "12" }, Buffer.from(index), MediaType.ociIndex);
  const digest: Digest = digestOf(index);
  const lock = sampleLock();
  on.files["lapstrake.lock"] = formatLock({
    ...lock,
    roots: { debian: { ...lock.roots["debian"]!, digest } },
  });
}

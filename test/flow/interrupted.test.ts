import { beforeEach, describe, expect, it } from "vitest";
import { notBuilt } from "../../src/edge/builder/memory.ts";
import { LedgerError } from "../../src/edge/ledger/error.ts";
import { RegistryError } from "../../src/edge/registry/error.ts";
import type { FleetState } from "../../src/flow/world.ts";
import { commitNamed, HOST, NAMESPACE, SAMPLE_IMAGES } from "../kit/sample-fleet.ts";
import { createTestMachine, type TestMachine } from "../kit/world.ts";
import { codeOf, released, run, tagsOf } from "./run.ts";

let machine: TestMachine;
beforeEach(async () => {
  machine = await createTestMachine();
});

const TAG = `20260304-${commitNamed("one").slice(0, 7)}`;
const everyTag = (...tags: string[]) => Object.fromEntries(SAMPLE_IMAGES.map((name) => [name, tags]));
const unreachable = () => new RegistryError("REGISTRY_UNREACHABLE", "gone");

/** What a started program does not have: the signals of the one before. */
function restart(): void {
  machine.drain = new AbortController();
  machine.kill = new AbortController();
  machine.faults = {};
  machine.build = undefined;
  machine.takeBuilt();
}

describe("Ctrl-C", () => {
  it("once lets running builds end, starts none, tags nothing, exits 130", async () => {
    machine.build = async (_request, push) => {
      machine.drain.abort();
      return push();
    };
    const report = await run(machine);
    expect(report).toMatchObject({ state: "stopped", exit: 130 });
    expect(machine.takeBuilt()).toEqual(["base"]);
    if (report.state !== "stopped") throw new Error("unreachable");
    expect(report.build.outcomes.get("base")?.state).toBe("built");
    expect(report.build.outcomes.get("api")?.state).toBe("cancelled");
    expect(await tagsOf(machine)).toEqual(everyTag());
    restart();
    expect(await run(machine)).toMatchObject({ state: "released", exit: 0 });
    expect(machine.takeBuilt()).toEqual(["web", "cpu", "api"]);
  });

  it("twice ends running builds, and the rerun builds only those", async () => {
    machine.build = async (request, push) => {
      if (request.image === "base") return push();
      machine.drain.abort();
      machine.kill.abort();
      return new Promise(() => {});
    };
    expect(await run(machine)).toMatchObject({ state: "stopped", exit: 130 });
    expect(await tagsOf(machine)).toEqual(everyTag());
    restart();
    expect(await run(machine)).toMatchObject({ state: "released", exit: 0 });
    expect(machine.takeBuilt()).toEqual(["web", "cpu", "api"]);
  });

  it("while another run holds the lock ends the waiting", async () => {
    const lock = await machine.state.lock({ command: "other" });
    const waiting = run(machine, { wait: 60_000 });
    setTimeout(() => machine.drain.abort(), 20);
    await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
    await lock.release();
    expect(machine.takeBuilt()).toEqual([]);
  });
});

/** Documents alone are pushed as blobs by lapstrake itself: SBOMs, and records of releases. */
function cutBlobsOf(repository: string): void {
  const { registry } = machine;
  machine.faults = {
    putBlob: async (at, blob, options) => {
      if (at.repository.endsWith(repository)) throw unreachable();
      await registry.putBlob(at, blob, options);
    },
  };
}

describe("a registry that fails", () => {
  it("between two tags leaves the first, and the rerun puts the rest without building", async () => {
    let puts = 0;
    machine.faults = {
      putManifest: async (ref, bytes, mediaType, options) => {
        if (ref.tag === TAG && ++puts > 2) throw unreachable();
        return machine.registry.putManifest(ref, bytes, mediaType, options);
      },
    };
    expect(await codeOf(run(machine))).toBe("REGISTRY_UNREACHABLE");
    const some = Object.values(await tagsOf(machine)).flat();
    expect(some).toEqual([TAG, TAG]);
    expect(await machine.state.ledger.last("release")).toBeUndefined();
    restart();
    expect(await run(machine)).toMatchObject({ state: "released", built: 0, exit: 0 });
    expect(machine.takeBuilt()).toEqual([]);
    expect(await tagsOf(machine)).toEqual(everyTag(TAG));
  });

  it("holds the lock until no request is open any more", async () => {
    let open = 0;
    machine.faults = {
      putManifest: async (ref, bytes, mediaType, options) => {
        if (ref.tag !== TAG) return machine.registry.putManifest(ref, bytes, mediaType, options);
        if (ref.repository.endsWith("/base")) throw unreachable();
        open++;
        await new Promise((done) => setTimeout(done, 20));
        open--;
        return machine.registry.putManifest(ref, bytes, mediaType, options);
      },
    };
    await codeOf(run(machine));
    expect(open).toBe(0);
  });

  it("before the record leaves tags without a release; the rerun makes it once", async () => {
    cutBlobsOf("/releases");
    expect(await codeOf(run(machine))).toBe("REGISTRY_UNREACHABLE");
    expect(await tagsOf(machine)).toEqual(everyTag(TAG));
    restart();
    await released(machine);
    const head = await machine.state.ledger.head();
    expect(await run(machine)).toMatchObject({ state: "unchanged" });
    expect(await machine.state.ledger.head()).toEqual(head);
    expect(await machine.registry.listTags({ host: HOST, repository: `${NAMESPACE}/releases` })).toEqual([
      TAG,
    ]);
  });

  it("while SBOMs are put beside the images moves no tag; the rerun puts what is left, and releases", async () => {
    cutBlobsOf("/cpu");
    expect(await codeOf(run(machine))).toBe("REGISTRY_UNREACHABLE");
    expect(await tagsOf(machine)).toEqual(everyTag());
    restart();
    machine.takeCalls();
    await released(machine);
    expect(machine.takeBuilt()).toEqual([]);
    expect(await tagsOf(machine)).toEqual(everyTag(TAG));
  });

  it("while it is asked is an error of the environment, with nothing built", async () => {
    machine.faults = { resolve: () => Promise.reject(unreachable()) };
    expect(await codeOf(run(machine))).toBe("REGISTRY_UNREACHABLE");
    expect(machine.takeBuilt()).toEqual([]);
  });

  it("for one image in the middle fails that image, and the rest goes on", async () => {
    machine.faults = {
      putManifest: async (ref, bytes, mediaType, options) => {
        if (ref.repository.endsWith("/web")) throw unreachable();
        return machine.registry.putManifest(ref, bytes, mediaType, options);
      },
    };
    const report = await run(machine);
    expect(report).toMatchObject({ state: "stopped", exit: 4 });
    if (report.state !== "stopped") throw new Error("unreachable");
    expect(report.build.outcomes.get("web")).toMatchObject({ failure: { reason: "REGISTRY_UNREACHABLE" } });
    expect(report.build.outcomes.get("cpu")?.state).toBe("built");
  });
});

describe("a full disk", () => {
  it("under the ledger ends the run after what runs, with the ledger's error", async () => {
    let running = 0;
    machine.build = async (request, push) => {
      running++;
      if (request.image === "cpu") await new Promise((done) => setTimeout(done, 30));
      const result = await push();
      running--;
      return result;
    };
    const { ledger } = machine.state;
    const full: FleetState = {
      ...machine.state,
      ledger: {
        ...ledger,
        append: (kind, body) =>
          "image" in body && body.image === "web"
            ? Promise.reject(new LedgerError("LEDGER_NO_SPACE", "no space left"))
            : ledger.append(kind, body),
      },
    };
    const world = { ...machine.world(), fleetState: async () => full };
    const { release } = await import("../../src/flow/release.ts");
    const { FLAGS } = await import("./run.ts");
    expect(await codeOf(release(world, FLAGS))).toBe("LEDGER_NO_SPACE");
    expect(running).toBe(0);
    expect(machine.takeBuilt()).toEqual(["base", "web", "cpu"]);
    restart();
    expect(await run(machine)).toMatchObject({ state: "released", exit: 0 });
    expect(machine.takeBuilt()).toEqual(["api"]);
  });
});

describe("two runs at once", () => {
  it("the second says who holds the lock", async () => {
    const results = await Promise.allSettled([run(machine), run(machine)]);
    const codes = results.map((each) =>
      each.status === "rejected" ? String(each.reason.code) : each.value.state,
    );
    expect(codes.sort()).toEqual(["LOCK_HELD", "released"]);
  });

  it("with --wait the second builds nothing anew, and the fleet is released once", async () => {
    machine.build = async (_request, push) => {
      await new Promise((done) => setTimeout(done, 5));
      return push();
    };
    const [first, second] = await Promise.all([run(machine), run(machine, { wait: 10_000 })]);
    expect([first.exit, second.exit]).toEqual([0, 0]);
    expect(machine.takeBuilt()).toHaveLength(4);
    expect(await tagsOf(machine)).toEqual(everyTag(TAG));
    const releases = (await machine.state.ledger.read()).filter(({ kind }) => kind === "release");
    expect(releases).toHaveLength(1);
  });

  it("of two machines, the first that has an image proven wins on both", async () => {
    machine.build = async (request, push) => {
      if (request.image === "base") await new Promise((done) => setTimeout(done, 20));
      return push();
    };
    const other = await createTestMachine({ registry: machine.registry });
    // Another commit time makes other bytes of the same identity.
    other.commits.set("base", { sha: commitNamed("b"), epoch: 1_690_000_000, boundary: false });
    machine.commits.set("base", { sha: commitNamed("a"), epoch: 1_680_000_000, boundary: false });
    const [mine, theirs] = await Promise.all([released(machine), released(other)]);
    const digests = (body: typeof mine) => body.images.map(({ name, digest }) => [name, digest]);
    expect(digests(mine)).toEqual(digests(theirs));
    expect(mine.images[0]?.kind).toBe("reused");
    // The canary: alone, the two machines' bytes differ.
    const alone = await createTestMachine();
    alone.commits.set("base", { sha: commitNamed("b"), epoch: 1_690_000_000, boundary: false });
    const third = await createTestMachine();
    third.commits.set("base", { sha: commitNamed("a"), epoch: 1_680_000_000, boundary: false });
    expect(digests(await released(alone))).not.toEqual(digests(await released(third)));
  });
});

describe("what was left by a run that was killed", () => {
  it("is not an image that was pushed but not yet proven", async () => {
    machine.build = async (request, push) => {
      const result = await push();
      if (request.image !== "base") return result;
      // kill -9 between the push and the check.
      machine.kill.abort();
      return result;
    };
    await run(machine);
    const tags = await machine.registry.listTags({ host: HOST, repository: `${NAMESPACE}/base` });
    expect(tags).toEqual(["unproven"]);
    restart();
    expect(await run(machine)).toMatchObject({ state: "released" });
    expect(machine.takeBuilt()).toEqual(["base", "web", "cpu", "api"]);
  });

  it("is found although the journal was never saved", async () => {
    machine.build = async (request, push) => (request.image === "api" ? notBuilt("engine-lost") : push());
    await run(machine);
    const fresh = await createTestMachine({ registry: machine.registry });
    await released(fresh);
    expect(fresh.takeBuilt()).toEqual(["api"]);
  });
});

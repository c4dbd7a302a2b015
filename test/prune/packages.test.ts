import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isKind } from "../../src/core/record/entry.ts";
import type { PruneBody, ReleaseBody } from "../../src/core/record/kinds.ts";
import type { RestoreList } from "../../src/flow/prune/journal.ts";
import { type PruneFlags, prune } from "../../src/flow/prune/prune.ts";
import { restorePruned } from "../../src/flow/prune/restore.ts";
import { renderEntries } from "../../src/views/render/ledger.ts";
import { renderPrune } from "../../src/views/render/prune.ts";
import { codeOf, released } from "../flow/run.ts";
import { createGhcrMachine, type GhcrMachine, type GhcrMachineOptions } from "../kit/ghcr-machine.ts";
import { NAMESPACE, SAMPLE_IMAGES } from "../kit/sample-fleet.ts";
import { releaseThree, withStateFiles } from "./prunable.ts";

let at: GhcrMachine;
let releases: readonly ReleaseBody[];
let state: Record<string, string>;

async function begin(options: GhcrMachineOptions = {}): Promise<void> {
  at = await createGhcrMachine(options);
  state = {};
  releases = await releaseThree(at);
  at.takeCounts();
}
beforeEach(() => begin());
afterEach(() => at.close());

const world = () => {
  // As a new process finds it.
  at.machine.packages = at.connect();
  return withStateFiles(at.machine.world(), at.machine.state.folder, state);
};
const run = (flags: Partial<PruneFlags> = {}) =>
  prune(world(), { keep: 1, olderThanDays: 0, apply: false, wait: 0, command: "prune", ...flags });
const restore = (file = "") => restorePruned(world(), { file, wait: 0, command: "restore" });

const repo = (name: string) => at.server.store.repo(`${NAMESPACE}/${name}`);
const digestOf = (release: ReleaseBody | undefined, name: string): string =>
  release?.images.find((each) => each.name === name)?.digest ?? "";
const standing = (release: ReleaseBody | undefined): readonly string[] =>
  SAMPLE_IMAGES.filter((name) => repo(name).manifests.has(digestOf(release, name)));
const deletions = () => at.github.asked.filter((line) => line.includes(" DELETE "));

describe("on a registry that deletes by its packages' API alone", () => {
  it("a plan asks the list and each content once, and a second one only the list", async () => {
    const first = await run();
    expect([first.plan.state, first.plan.unread, first.exit]).toEqual(["ready", [], 0]);
    at.takeCounts();
    const second = await run();
    expect(second.plan).toEqual(first.plan);
    // Besides the list: whether the content names of this tree stand, as every plan asks; and nobody pushed the root, so
    // that of its repository there is no package, which the registry has to confirm.
    expect(at.takeCounts()).toEqual({
      "github 304 GET": 6,
      "HEAD manifests": SAMPLE_IMAGES.length,
      "github 404 GET": 1,
      "GET tags": 1,
    });
  });

  it("what goes is deleted by its version, and the registry is never asked to", async () => {
    const { applied, plan, exit } = await run({ apply: true });
    expect([applied?.outcome, applied?.left, exit]).toEqual(["done", [], 0]);
    expect(applied?.deleted).toBe(plan.remove.length);
    expect(deletions()).toHaveLength(plan.remove.length);
    expect(deletions().every((line) => line.startsWith("204 "))).toBe(true);
    expect(at.server.asked.filter(({ method }) => method === "DELETE")).toEqual([]);
    expect(standing(releases[0])).toEqual([]);
    expect(standing(releases[2])).toEqual(SAMPLE_IMAGES);
    expect((await run({ apply: true })).plan.state).toBe("clean");
  });

  it("a second apart, and listed anew before each", async () => {
    const before = at.time.now;
    const { plan } = await run({ apply: true });
    expect(at.time.now - before).toBeGreaterThanOrEqual((plan.remove.length - 1) * 1000);
    const asked = at.github.asked.filter((line) => line.includes("/versions"));
    for (const [index, line] of asked.entries()) {
      if (!line.includes(" DELETE ")) continue;
      const name = /container\/([^/]+)\//.exec(line)?.[1];
      expect(asked[index - 1]).toMatch(new RegExp(`GET .*/container/${name}/versions\\?`));
    }
  });

  it("waits where GitHub's points are used up by others", async () => {
    await at.close();
    await begin({ github: { limit: { points: 40, clock: () => at.time.now } } });
    expect((await run({ apply: true })).applied?.outcome).toBe("done");
    expect(Object.keys(at.takeCounts())).toContain("github 403 DELETE");
    expect(standing(releases[0])).toEqual([]);
  });
});

const PLAIN = {
  schemaVersion: 2,
  mediaType: "application/vnd.oci.image.index.v1+json",
  manifests: [],
};

describe("nothing is planned where the list of packages", () => {
  it.each([
    ["has no login", { login: undefined }, "there is no login"],
    ["refuses the login", { login: "expired" }, "answered 401"],
  ])("%s", async (_what, options, words) => {
    await at.close();
    await begin(options);
    const { plan, applied, exit } = await run({ apply: true });
    expect([plan.state, plan.remove, applied, exit]).toEqual(["refused", [], undefined, 3]);
    expect(plan.unread.map(({ why }) => why).join()).toContain(words);
    expect(deletions()).toEqual([]);
  });

  it("names a manifest that the registry has not", async () => {
    const { versions } = at.source;
    const [first, ...rest] = at.source.versions(`${NAMESPACE}/web`) ?? [];
    const ghost = {
      ...first!,
      id: 9,
      name: `sha256:${"0".repeat(64)}`,
      metadata: { ...first!.metadata, container: { tags: [] } },
    };
    Object.assign(at.source, {
      versions: (repository: string) =>
        repository.endsWith("/web") ? [ghost, first, ...rest] : versions(repository),
    });
    const { plan } = await run({ apply: true });
    expect(plan.state).toBe("refused");
    expect(plan.unread[0]?.what).toContain(ghost.name);
  });
});

describe("what no tag leads to", () => {
  it("and refers to something that stays, is known, stays, and goes with nothing else", async () => {
    const subject = digestOf(releases[2], "web");
    const signature = at.server.putManifest(`${NAMESPACE}/web`, undefined, {
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      config: { mediaType: "application/vnd.oci.empty.v1+json", digest: subject, size: 2 },
      layers: [],
      subject: { mediaType: "application/vnd.oci.image.manifest.v1+json", digest: subject, size: 1 },
    });
    const { plan } = await run({ apply: true });
    expect(plan.keep.find(({ digest }) => digest === signature)?.reason.rule).toBe("part");
    expect(repo("web").manifests.has(signature)).toBe(true);
  });

  it("and has a part that would go, holds it: somebody's index without a tag", async () => {
    const part = digestOf(releases[0], "web");
    const size = repo("web").manifests.get(part)?.bytes.length ?? 0;
    at.server.putManifest(`${NAMESPACE}/web`, undefined, {
      ...PLAIN,
      manifests: [{ mediaType: "application/vnd.oci.image.manifest.v1+json", digest: part, size }],
    });
    await run({ apply: true });
    expect(standing(releases[0])).toContain("web");
  });
});

describe("right before a deletion", () => {
  /** Does something when GitHub is asked for the versions of web the nth time in this run. */
  const atListing = (nth: number, act: () => void) => {
    let seen = 0;
    at.github.before = (request) => {
      if (request.method === "GET" && request.url?.includes("/container/web/versions") === true) {
        if (++seen === nth) act();
      }
      return false;
    };
  };

  it("a tag that came to stand on the version stops it", async () => {
    const old = digestOf(releases[0], "web");
    const stays = () => repo("web").manifests.has(old);
    // The first list is the plan's.
    atListing(2, () => void repo("web").tags.set("stable", old));
    const { applied, exit } = await run({ apply: true });
    expect([applied?.outcome, exit, stays()]).toEqual(["failed", 4, true]);
    expect(applied?.failure).toContain("stable");
    at.github.before = () => false;
    const second = await run({ apply: true });
    expect(second.applied?.outcome ?? second.plan.state).toMatch(/^(done|clean)$/);
    expect(stays()).toBe(true);
  });

  it("a version that was deleted and pushed again is another one", async () => {
    const old = digestOf(releases[0], "web");
    atListing(2, () => {
      const { manifests } = repo("web");
      const stored = manifests.get(old)!;
      const tags = [...repo("web").tags].filter(([, digest]) => digest === old);
      at.source.remove(`${NAMESPACE}/web`, at.source.idOf(`${NAMESPACE}/web`, old));
      manifests.set(old, stored);
      for (const [tag] of tags) repo("web").tags.set(tag, old);
    });
    const { applied } = await run({ apply: true });
    expect(applied?.failure).toContain("deleted and pushed again");
    expect(repo("web").manifests.has(old)).toBe(true);
  });

  it("one that somebody else deleted is done", async () => {
    const old = digestOf(releases[0], "web");
    atListing(2, () => void at.source.remove(`${NAMESPACE}/web`, at.source.idOf(`${NAMESPACE}/web`, old)));
    const { applied, plan } = await run({ apply: true });
    expect(applied).toMatchObject({ outcome: "done", deleted: plan.remove.length });
    expect(deletions()).toHaveLength(plan.remove.length - 1);
  });

  it("and a 404 to the deletion itself is done where the registry has it no more, else a login that may not", async () => {
    const answer404 = (alsoDelete: boolean) => {
      at.github.before = (request, response) => {
        if (request.method !== "DELETE") return false;
        const [, name = "", id] = /container\/([^/]+)\/versions\/(\d+)/.exec(request.url ?? "") ?? [];
        if (alsoDelete) at.source.remove(`${NAMESPACE}/${name}`, Number(id));
        response.writeHead(404).end('{"message":"Package not found."}');
        return true;
      };
    };
    answer404(false);
    expect(await codeOf(run({ apply: true }))).toBe("PRUNE_DENIED");
    answer404(true);
    expect((await run({ apply: true })).applied?.outcome).toBe("done");
    expect(standing(releases[0])).toEqual([]);
  });

  it("a login without the scope is told so, and nothing is half done", async () => {
    at.github.before = (request, response) => {
      if (request.method !== "DELETE") return false;
      response.writeHead(403).end('{"message":"Must have admin rights."}');
      return true;
    };
    expect(await codeOf(run({ apply: true }))).toBe("REGISTRY_DENIED");
    expect(standing(releases[0])).toEqual(SAMPLE_IMAGES);
  });

  it.each([1, 2, 4])("cut off at deletion %i, after GitHub did it: the next run goes on", async (step) => {
    let seen = 0;
    at.github.before = (request) => {
      if (request.method !== "DELETE" || ++seen < step) return false;
      const [, name = "", id] = /container\/([^/]+)\/versions\/(\d+)/.exec(request.url ?? "") ?? [];
      at.source.remove(`${NAMESPACE}/${name}`, Number(id));
      request.socket.destroy();
      return true;
    };
    // Each try is cut, and each of them is done: the answer to the next is 404.
    const first = await run({ apply: true }).catch((error: unknown) => error);
    at.github.before = () => false;
    expect(first).toBeDefined();
    const { applied, plan } = await run({ apply: true });
    expect(applied?.outcome ?? plan.state).toMatch(/^(done|clean)$/);
    expect(standing(releases[0])).toEqual([]);
    expect(standing(releases[2])).toEqual(SAMPLE_IMAGES);
  });
});

describe("what GitHub does not give up", () => {
  it("a public version of many downloads is reported, left out, and so is what hangs on it", async () => {
    // An index of the first release, with the released image as its part.
    const part = digestOf(releases[0], "web");
    const size = repo("web").manifests.get(part)?.bytes.length ?? 0;
    const tag = releases[0]?.tag ?? "";
    const index = at.server.putManifest(`${NAMESPACE}/web`, tag, {
      ...PLAIN,
      manifests: [{ mediaType: "application/vnd.oci.image.manifest.v1+json", digest: part, size }],
    });
    at.source.downloads.set(index, 5001);
    const report = await run({ apply: true });
    const names = report.applied?.left.map(({ name }) => name) ?? [];
    expect([report.applied?.outcome, report.exit]).toEqual(["done", 1]);
    expect(names).toContain(`${NAMESPACE}/web@${index}`);
    expect(names).toContain(`${NAMESPACE}/web@${part}`);
    expect(report.applied?.left[0]?.why).toContain("5000 downloads");
    expect(repo("web").manifests.has(part)).toBe(true);
    expect(repo("cpu").manifests.has(digestOf(releases[0], "cpu"))).toBe(false);
    expect(renderPrune(report)).toContain("not given up\n");
    const done = (await prunes()).at(-1);
    expect(done?.state).toBe("done");
    expect(done?.left.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
    expect(done?.images.some(({ digest }) => digest === index)).toBe(false);
  });

  it("the last tagged version of a package that the fleet has no more stays by plan, and the rest goes", async () => {
    // The blueprint forgets api: of all its versions none is held.
    at.machine.files["lapstrake.yaml"] = String(at.machine.files["lapstrake.yaml"]).replace(
      /  api:\n {4}dockerfile: .*\n {4}context: .*\n/,
      "",
    );
    at.machine.commit("four");
    at.machine.now += 86_400_000;
    await released(at.machine);
    for (const tag of repo("api").tags.keys()) if (tag.endsWith("-prev")) repo("api").tags.delete(tag);
    const { plan, applied, exit } = await run({ apply: true });
    const kept = plan.keep.filter(({ repository }) => repository === `${NAMESPACE}/api`);
    const last = kept.filter(({ reason }) => reason.rule === "last-version").map(({ digest }) => digest);
    expect(last).toEqual([digestOf(releases[2], "api")]);
    // What refers to it stays with it: two SBOMs, the list of them, and the list when it had one.
    const others = kept.filter(({ digest }) => !last.includes(digest));
    expect(others.map(({ reason }) => reason.rule)).toEqual(Array.from({ length: 4 }, () => "part"));
    expect([applied?.outcome, applied?.left, exit]).toEqual(["done", [], 0]);
    expect(new Set(repo("api").manifests.keys())).toEqual(new Set(kept.map(({ digest }) => digest)));
    expect((await run({ apply: true })).plan.state).toBe("clean");
  });

  it("and where it became the last one meanwhile, it is left before GitHub has to refuse", async () => {
    const newest = digestOf(releases[2], "web");
    let seen = 0;
    at.github.before = (request) => {
      if (
        request.method === "GET" &&
        request.url?.includes("/container/web/versions") === true &&
        ++seen === 2
      ) {
        // All other tags of the package go.
        for (const [tag, digest] of repo("web").tags)
          if (digest !== digestOf(releases[0], "web")) repo("web").tags.delete(tag);
      }
      return false;
    };
    const report = await run({ apply: true });
    expect(report.applied?.left.map(({ name }) => name)).toContain(
      `${NAMESPACE}/web@${digestOf(releases[0], "web")}`,
    );
    expect(deletions().filter((line) => line.startsWith("400"))).toEqual([]);
    expect(repo("web").manifests.has(newest)).toBe(true);
  });
});

describe("--restore", () => {
  it("asks GitHub for the versions, and everything stands again with its blobs", async () => {
    const { applied, plan } = await run({ apply: true });
    const list = JSON.parse(state[applied?.restoreFile ?? ""] ?? "") as RestoreList;
    expect(list.items.every(({ packageVersion }) => typeof packageVersion === "number")).toBe(true);
    // GHCR collects blobs with the last manifest that has them; PUT alone would fail.
    at.takeCounts();
    const report = await restore(applied?.restoreFile);
    expect([report.exit, report.left]).toEqual([0, []]);
    const counts = at.takeCounts();
    expect(counts["github 204 POST"]).toBe(plan.remove.length);
    expect(counts["PUT manifests"]).toBeUndefined();
    expect(standing(releases[0])).toEqual(SAMPLE_IMAGES);
  });

  it("after thirty days puts the bytes, as long as their blobs are there", async () => {
    const { applied } = await run({ apply: true });
    Object.assign(at.source, { restore: () => ({ status: 404 }) });
    const report = await restore(applied?.restoreFile);
    expect([report.exit, report.left]).toEqual([0, []]);
    expect(standing(releases[0])).toEqual(SAMPLE_IMAGES);
  });

  it("and says both reasons where neither works", async () => {
    const { applied } = await run({ apply: true });
    Object.assign(at.source, { restore: () => ({ status: 404 }) });
    at.server.fault({
      when: ({ method, url }) => method === "PUT" && url.pathname.includes("/manifests/"),
      instead: () => ({
        status: 400,
        headers: {},
        body: Buffer.from('{"errors":[{"code":"MANIFEST_BLOB_UNKNOWN"}]}'),
      }),
    });
    const report = await restore(applied?.restoreFile);
    expect(report.exit).toBe(4);
    expect(report.left[0]?.why).toMatch(/no deleted version \d+ of it any more; .*MANIFEST_BLOB_UNKNOWN/);
  });

  it("never lets GitHub take a tag back that stands elsewhere", async () => {
    const { applied } = await run({ apply: true });
    const tag = releases[0]?.tag ?? "";
    const newest = digestOf(releases[2], "web");
    repo("web").tags.set(tag, newest);
    const report = await restore(applied?.restoreFile);
    expect(report.left.map(({ name }) => name)).toEqual([`${NAMESPACE}/web:${tag}`]);
    expect(repo("web").tags.get(tag)).toBe(newest);
    // Its other tag stands again, by its bytes.
    expect(standing(releases[0])).toEqual(SAMPLE_IMAGES);
    // The canary: the API would have moved it.
    const list = JSON.parse(state[applied?.restoreFile ?? ""] ?? "") as RestoreList;
    const item = list.items.find(({ digest }) => digest === digestOf(releases[0], "web"));
    at.source.restore(`${NAMESPACE}/web`, item?.packageVersion ?? 0);
    expect(repo("web").tags.get(tag)).not.toBe(newest);
  });
});

async function prunes(): Promise<readonly PruneBody[]> {
  const entries = await at.machine.state.ledger.read();
  return entries.filter((entry) => isKind(entry, "prune")).map(({ body }) => body);
}

describe("the ledger", () => {
  it("says what was deleted, by which policy, with the digests of plan and restore list", async () => {
    const { applied, plan } = await run({ apply: true, keep: 1, olderThanDays: 0 });
    const [started, done, ...more] = await prunes();
    expect(more).toEqual([]);
    expect([started?.state, done?.state]).toEqual(["started", "done"]);
    expect(started).toEqual({ ...done, state: "started" });
    expect(done).toMatchObject({ keep: 1, olderThanDays: 0, engines: [], left: [] });
    expect(done?.images.map(({ digest }) => digest)).toEqual(plan.remove.map(({ digest }) => digest));
    const bytes = await at.machine.state.evidence.get(done!.plan);
    expect(JSON.parse(new TextDecoder().decode(bytes))).toMatchObject({
      state: "ready",
      remove: plan.remove,
    });
    const { digestOf: hash } = await import("../../src/core/base/digest.ts");
    expect(hash(state[applied?.restoreFile ?? ""] ?? "")).toBe(done?.restore);
    const entries = await at.machine.state.ledger.read();
    const shown = renderEntries(entries, entries.length);
    expect(shown).toMatch(/prune +\d+ manifests of 5 repositories, started \(keep 1, older than 0 days\)\n/);
    expect(shown).toMatch(/prune +\d+ manifests of 5 repositories, done \(keep 1, older than 0 days\)\n/);
  });

  it("a plan alone writes nothing; an interrupted run stays open", async () => {
    await run();
    expect(await prunes()).toEqual([]);
    at.github.before = (request) => {
      if (request.method === "DELETE") at.machine.drain.abort();
      return false;
    };
    expect((await run({ apply: true })).exit).toBe(130);
    expect((await prunes()).map(({ state: how }) => how)).toEqual(["started"]);
  });
});

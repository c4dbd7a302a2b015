import { describe, expect, it } from "vitest";
import type { EngineFacts } from "../../src/core/inventory/reach/engine-leftovers.ts";
import { planPrune } from "../../src/core/inventory/reach/prune-plan.ts";
import type { GraphManifest } from "../../src/core/inventory/reach/registry-graph.ts";
import { DAY, HOST, hexOf, inputs, manifest, NOW, named, release, repository, tagOf } from "./graph.ts";

const contentTag = (word: string): string => `in-${hexOf(`identity of ${word}`)}`;

/** An image as a release leaves it: its content tag and the release's. */
const made = (word: string, n: number, more: Partial<GraphManifest> = {}): GraphManifest =>
  manifest(word, { ...more, tags: [contentTag(word), tagOf(n), ...(more.tags ?? [])] });

const THREE = [
  release(tagOf(1), 90, { web: "web1" }),
  release(tagOf(2), 60, { web: "web2" }),
  release(tagOf(3), 40, { web: "web3" }),
];
const WEB = [made("web1", 1), made("web2", 2), made("web3", 3)];

function plan(more: Parameters<typeof inputs>[0], web: readonly GraphManifest[] = WEB) {
  const result = planPrune(
    inputs({ releases: THREE, declared: ["web"], repositories: [repository("web", web)], ...more }),
  );
  return {
    ...result,
    gone: result.remove.map(({ digest }) => digest),
    ruleOf: (word: string) =>
      [...result.keep, ...result.remove].find(({ digest }) => digest === named(word))?.reason.rule,
  };
}

describe("which releases stay", () => {
  it("are the newest, whatever their age", () => {
    expect(plan({}).gone).toEqual(expect.arrayContaining([named("web1"), named("web2")]));
    expect(plan({}).gone).toHaveLength(2);
    expect(plan({ keep: 2 }).gone).toEqual([named("web1")]);
    // Also where no image of the blueprint asks for them.
    expect(plan({ keep: 2, declared: [] }).gone).toEqual([named("web1")]);
  });

  it("are the young ones, however many there are", () => {
    expect(plan({ olderThanMs: 70 * DAY }).gone).toEqual([named("web1")]);
    expect(plan({ olderThanMs: 91 * DAY }).state).toBe("clean");
  });

  it("are the last ones of an image that later releases left out", () => {
    const releases = [...THREE, release(tagOf(4), 10, { api: "api1" })];
    const repositories = [repository("web", WEB), repository("api", [made("api1", 4)])];
    const result = plan({ releases, repositories, declared: ["web", "api"] });
    expect(result.gone.toSorted()).toEqual([named("web1"), named("web2")].toSorted());
    // The canary: an image that the blueprint has no more holds nothing.
    expect(plan({ releases, repositories, declared: ["api"] }).gone).toContain(named("web3"));
  });
});

describe("what stays though its release goes", () => {
  it("is what a later release has too: all tags of a digest count, not the oldest", () => {
    const same = [made("web1", 1, { tags: [tagOf(3)] })];
    const releases = [release(tagOf(1), 90, { web: "web1" }), release(tagOf(3), 0, { web: "web1" })];
    expect(plan({ releases }, same).state).toBe("clean");
  });

  it.each([
    ["a channel", "stable", "tag-other"],
    ["the way back from the newest release", `${tagOf(3)}-prev`, "tag-previous"],
    ["a release that no record tells of", "20260505-abcdef0", "tag-release"],
  ])("is what %s stands on", (_what, tag, rule) => {
    const result = plan({}, [made("web1", 1, { tags: [tag] }), ...WEB.slice(1)]);
    expect(result.gone).toEqual([named("web2")]);
    expect(result.ruleOf("web1")).toBe(rule);
  });

  it("is not what an older -prev stands on", () => {
    const web = [
      made("web1", 1, { tags: [`${tagOf(2)}-prev`] }),
      made("web2", 2, { tags: [`${tagOf(3)}-prev`] }),
      WEB[2]!,
    ];
    expect(plan({}, web).gone).toEqual([named("web1")]);
  });

  it("is what the lock pins, what the tree makes, and what was built a moment ago", () => {
    expect(plan({ pinned: new Map([[named("web1"), "the lock pins it"]]) }).ruleOf("web1")).toBe("pinned");
    expect(plan({ current: new Set([named("identity of web1")]) }).gone).toEqual([named("web2")]);
    const extra = [...WEB, manifest("new", { tags: [contentTag("new")] })];
    expect(plan({ olderThanMs: DAY }, extra).ruleOf("new")).toBe("tag-content");
    const builds = new Map([[named("identity of new"), NOW - 2 * DAY]]);
    expect(plan({ olderThanMs: DAY, builds }, extra).gone).toContain(named("new"));
  });

  it("is what somebody else made: unknown manifests, records of other fleets and their images", () => {
    const other = { ...release("20260101-1111111", 300, { web: "theirs" }), fleet: "other" };
    const web = [...WEB, manifest("unknown"), manifest("theirs", { tags: [contentTag("theirs")] })];
    const result = plan({ releases: [...THREE, other] }, web);
    expect([result.ruleOf("unknown"), result.ruleOf("theirs")]).toEqual(["foreign", "release"]);
  });
});

describe("indexes, attestations and referrers", () => {
  const index = (word: string, n: number): GraphManifest[] => [
    made(word, n, { children: [named(`${word} amd64`), named(`${word} attestation`)] }),
    manifest(`${word} amd64`),
    manifest(`${word} attestation`),
    manifest(`${word} fallback`, { tags: [`sha256-${hexOf(word)}`], children: [named(`${word} signature`)] }),
    manifest(`${word} signature`, { subject: named(word) }),
  ];

  it("stay with what they belong to, also without a tag of their own", () => {
    const web = [...index("web2", 2), ...index("web3", 3)];
    const result = plan({ releases: THREE.slice(1) }, web);
    expect(result.keep.map(({ digest }) => digest).toSorted()).toEqual(
      index("web3", 3)
        .map(({ digest }) => digest)
        .toSorted(),
    );
    expect(result.gone).toHaveLength(5);
  });

  it("go after what holds them", () => {
    const { gone } = plan({ releases: THREE.slice(1) }, [...index("web2", 2), ...index("web3", 3)].reverse());
    const at = (word: string) => gone.indexOf(named(word));
    expect(at("web2")).toBeLessThan(at("web2 amd64"));
    expect(at("web2")).toBeLessThan(at("web2 fallback"));
    expect(at("web2 fallback")).toBeLessThan(at("web2 signature"));
  });

  it("go with it, too, where a newer list took the tag of theirs: no list holds an image", () => {
    const older = (word: string): GraphManifest =>
      manifest(`${word} older fallback`, { children: [named(`${word} signature`)] });
    const web = [...index("web2", 2), older("web2"), ...index("web3", 3), older("web3")];
    const result = plan({ releases: THREE.slice(1) }, web);
    expect(result.gone).toContain(older("web2").digest);
    expect(result.gone).toHaveLength(6);
    expect(result.ruleOf("web3 older fallback")).toBe("part");
    // The canary: an index of somebody's own, with something else in it as well, holds what it lists.
    const mixed = manifest("mixed", { children: [named("web2 signature"), named("web2 amd64")] });
    expect(plan({ releases: THREE.slice(1) }, [...web, mixed]).ruleOf("web2")).toBe("base");
  });

  it("go where what they belonged to is gone", () => {
    const orphan = manifest("orphan", { tags: [`sha256-${hexOf("nowhere")}`] });
    expect(plan({ keep: 3 }, [...WEB, orphan]).gone).toEqual([orphan.digest]);
  });
});

describe("roots, caches and records", () => {
  it("keeps a root that a kept image was built on, and one of unknown age", () => {
    const web = [made("web3", 3, { base: named("root2") })];
    const roots = ["root1", "root2", "root3"].map((word) =>
      manifest(word, { tags: [contentTag(word)], ...(word === "root3" ? {} : { made: NOW - 99 * DAY }) }),
    );
    const repositories = [repository("web", web), repository("roots/debian", roots, "root")];
    expect(plan({ releases: THREE.slice(2), repositories }).gone).toEqual([named("root1")]);
  });

  it("drops a build cache by its own age alone", () => {
    const cache = (made: number | undefined) => [
      WEB[2]!,
      manifest("cache", { tags: ["build-cache"], ...(made === undefined ? {} : { made }) }),
    ];
    const at = (time: number | undefined) =>
      plan({ releases: THREE.slice(2), olderThanMs: 30 * DAY }, cache(time));
    expect(at(NOW - 31 * DAY).gone).toEqual([named("cache")]);
    expect(at(NOW - 29 * DAY).state).toBe("clean");
    expect(at(undefined).state).toBe("clean");
  });

  it("deletes the record of a release before its images", () => {
    const records = [1, 2, 3].map((n) =>
      manifest(`record${n}`, { tags: [tagOf(n)], record: { fleet: "sample", tag: tagOf(n) } }),
    );
    const { gone } = plan({
      repositories: [repository("web", WEB), repository("releases", records, "releases")],
    });
    expect(gone.slice(0, 2).toSorted()).toEqual([named("record1"), named("record2")].toSorted());
    expect(gone).toHaveLength(4);
  });
});

describe("where a host never gives up the last tagged version", () => {
  const pushed = (n: number) => ({ pushed: NOW - (10 - n) * DAY });
  const gone = [
    manifest("old1", { tags: [tagOf(1)], children: [named("part1")], ...pushed(1) }),
    manifest("old2", { tags: [tagOf(2)], children: [named("part2")], ...pushed(2) }),
    manifest("part1"),
    manifest("part2"),
  ];
  const judge = (lastStays: boolean, manifests: readonly GraphManifest[]) =>
    plan({ repositories: [repository("web", WEB), { ...repository("old", manifests), lastStays }] });

  it("the newest stays with its parts, where nothing else of its package is held", () => {
    const result = judge(true, gone);
    expect(result.gone).toEqual(expect.arrayContaining([named("old1"), named("part1")]));
    expect(["old2", "part2"].map(result.ruleOf)).toEqual(["last-version", "part"]);
    // The canary: elsewhere the whole repository goes.
    expect(judge(false, gone).gone).toEqual(expect.arrayContaining(gone.map(({ digest }) => digest)));
  });

  it("is the newest image: a list of referrers is none", () => {
    const list = manifest("list", { tags: [`sha256-${hexOf("web2")}`], pushed: NOW });
    const web = [made("web1", 1, { pushed: NOW - 2 }), made("web2", 2, { pushed: NOW - 1 }), list];
    const repositories = [{ ...repository("web", web), lastStays: true }];
    const result = plan({ releases: THREE.slice(0, 2), repositories, declared: [], keep: 0 });
    expect(result.ruleOf("web2")).toBe("last-version");
    expect(result.ruleOf("list")).toBe("part");
    expect(result.gone).toEqual([named("web1")]);
  });

  it("only one stays: none where a tagged version is held; where nothing has a tag, the newest of all", () => {
    const held = [...gone, manifest("channel", { tags: ["stable"], ...pushed(0) })];
    expect(judge(true, held).gone).toContain(named("old2"));
    const untagged = judge(true, [
      manifest("a", { ours: true, ...pushed(3) }),
      manifest("b", { ours: true, ...pushed(1) }),
    ]);
    expect([untagged.ruleOf("a"), untagged.ruleOf("b")]).toEqual(["last-version", "unheld"]);
  });
});

describe("what is unknown", () => {
  it("keeps everything, and says so", () => {
    const result = plan({ unread: [{ what: "a tag", why: "it was not there" }] });
    expect(result).toMatchObject({ state: "refused", remove: [], engineRemove: [], freedBytes: 0 });
    expect(result.ruleOf("web1")).toBe("refused");
  });

  it("is also a kept release that is not whole", () => {
    const result = plan({}, WEB.slice(0, 2));
    expect(result.state).toBe("refused");
    expect(result.unread[0]?.what).toBe(`${HOST}/demo/web@${named("web3")}`);
    // The canary: of a release that is not kept, nothing is missed.
    expect(plan({}, WEB.slice(1)).state).toBe("ready");
  });
});

describe("engines", () => {
  const image = (word: string, names: readonly string[] = [`${HOST}/demo/web:${word}`]) => ({
    id: named(word),
    repoTags: names,
    repoDigests: [`${HOST}/demo/web@${named(word)}`],
    size: 1000,
  });
  const engine = (more: Partial<EngineFacts>): EngineFacts[] => [
    { name: "pc2", images: [], containers: [], ...more },
  ];

  it("hold in the registry what a container uses, also a stopped one, by manifest or by config", () => {
    const stopped = { name: "old", state: "exited", image: "web", imageId: named("web1") };
    expect(plan({ engines: engine({ containers: [stopped] }) }).gone).toEqual([named("web2")]);
    const classic = { ...stopped, imageId: named("config") };
    const web = [{ ...WEB[0]!, config: named("config") }, ...WEB.slice(1)];
    expect(plan({ engines: engine({ containers: [classic] }) }, web).ruleOf("web1")).toBe("container");
  });

  it("lose what goes from the registry, and nothing else", () => {
    const images = [
      image("web1"),
      image("web3"),
      image("only here"),
      image("web2", [`${HOST}/demo/web:x`, "somebody/else:1"]),
      { ...image("postgres", ["postgres:16"]), repoDigests: [] },
    ];
    const result = plan({ engines: engine({ images }) });
    expect(result.engineRemove.map(({ id }) => id)).toEqual([named("web1")]);
    expect(result.engineKeep.map(({ reason }) => reason.rule)).toEqual(["kept", "only-here"]);
  });
});

import { describe, expect, it } from "vitest";
import { type Inventory, takeInventory } from "../../src/core/inventory/inventory.ts";
import type { InventoryRow } from "../../src/core/inventory/row.ts";
import {
  contentTagOf,
  engine,
  HOST,
  held,
  image,
  indexOf,
  inRegistry,
  NEW,
  named,
  OLD,
  released,
  repository,
  SILENT,
  withWeb,
} from "./facts.ts";

describe("the class of an image and tag", () => {
  it("in step: released, registry and engine agree", () => {
    const taken = takeInventory(released());
    expect(taken.rows.map(({ drift }) => drift)).toEqual(taken.rows.map(() => "in-step"));
    expect(taken).toMatchObject({ drifted: false, uncertain: false, release: NEW });
    expect(current(taken, "web")).toMatchObject({ registry: { state: "present", digest: named("web new") } });
  });

  it("in step: an engine that only builds holds nothing and lacks nothing", () => {
    expect(takeInventory(released({ engines: [engine([])] })).drifted).toBe(false);
  });

  it("in step: pulled by digest, as gates and tests do, says nothing of the images that were not", () => {
    const taken = takeInventory(released({ engines: [engine([held("web", undefined, named("web new"))])] }));
    expect(taken.drifted).toBe(false);
    expect(current(taken, "web").engines[0]).toMatchObject({ state: "present", drift: "in-step" });
  });

  it("behind: gone from an engine that keeps the fleet", () => {
    const taken = takeInventory(released({ engines: [engine([held("web", NEW, named("web new"))])] }));
    expect(current(taken, "web").drift).toBe("in-step");
    expect(current(taken, "api")).toMatchObject({ drift: "behind", engines: [{ state: "absent" }] });
    expect(taken.drifted).toBe(true);
  });

  it("behind: gone from the engine of the machine that it is placed on, and from no other", () => {
    const { declared } = released();
    const placed = declared.map((each) => ({
      ...each,
      machines: each.name === "api" ? ["pc2"] : ["mainpc"],
    }));
    const taken = takeInventory(
      released({ declared: placed, engines: [engine([], { name: "pc2", machines: ["pc2"] })] }),
    );
    expect(current(taken, "api").drift).toBe("behind");
    expect(current(taken, "web").drift).toBe("in-step");
  });

  it("behind: the engine has the release before", () => {
    const taken = takeInventory(released({ engines: [engine([held("web", OLD, named("web old"))])] }));
    expect(current(taken, "web")).toMatchObject({
      drift: "behind",
      reasons: [expect.stringContaining(OLD)],
    });
    expect(rowOf(taken, "web", OLD).drift).toBe("in-step");
  });

  it("behind: the released tag on the engine is an older image", () => {
    const taken = takeInventory(released({ engines: [engine([held("web", NEW, named("web old"))])] }));
    expect(current(taken, "web").drift).toBe("behind");
  });

  it("behind: the right image is there, and a container still runs the older one", () => {
    const images = [held("web", NEW, named("web new")), held("web", OLD, named("web old"))];
    const runs = (word: string, state = "running") =>
      engine(images, { containers: [{ name: "w1", imageId: named(word), state }] });
    expect(current(takeInventory(released({ engines: [runs("web old")] })), "web").drift).toBe("behind");
    expect(current(takeInventory(released({ engines: [runs("web old", "exited")] })), "web").drift).toBe(
      "in-step",
    );
    const right = current(takeInventory(released({ engines: [runs("web new")] })), "web");
    expect(right).toMatchObject({ drift: "in-step", engines: [{ containers: 1, running: 1 }] });
  });

  it("behind: the manifest was deleted in the registry, and no engine has it", () => {
    const taken = takeInventory(withWeb({ [OLD]: image("web old") }, { engines: [engine([])] }));
    expect(current(taken, "web")).toMatchObject({ drift: "behind", registry: { state: "absent" } });
  });

  it("behind: the registry lost a part of the index", () => {
    const whole = indexOf("web new", [image("web amd64")], ["web arm64"]);
    const taken = takeInventory(withWeb({ [NEW]: whole }, { engines: [engine([])] }));
    expect(current(taken, "web")).toMatchObject({
      drift: "behind",
      platforms: [{ lost: false }, { lost: true }],
    });
  });

  it("only here: the manifest was deleted in the registry, and an engine still has it", () => {
    const taken = takeInventory(withWeb({ [OLD]: image("web old") }));
    expect(current(taken, "web").drift).toBe("only-here");
  });

  it("only here: rebuilt on the engine under the released tag", () => {
    const taken = takeInventory(released({ engines: [engine([held("web", NEW, named("by hand"))])] }));
    expect(current(taken, "web").drift).toBe("only-here");
  });

  it("only here: a tag of ours that was never pushed", () => {
    const taken = takeInventory(released({ engines: [engine([held("web", "mine", named("by hand"))])] }));
    expect(rowOf(taken, "web", "mine").drift).toBe("only-here");
  });

  it("diverged: the tag was moved in the registry", () => {
    const taken = takeInventory(withWeb({ ...inRegistry("web"), [NEW]: image("web old") }));
    expect(current(taken, "web")).toMatchObject({
      drift: "diverged",
      reasons: [expect.stringContaining(OLD)],
    });
  });

  it("diverged: a channel stands on what no release made", () => {
    const stable = (word: string) => takeInventory(withWeb({ ...inRegistry("web"), stable: image(word) }));
    expect(rowOf(stable("by hand"), "web", "stable").drift).toBe("diverged");
    expect(rowOf(stable("web old"), "web", "stable").drift).toBe("in-step");
  });

  it("ahead: declared, and in no release", () => {
    const { declared } = released();
    const fresh = {
      name: "fresh",
      repository: "demo/fresh",
      base: "web",
      unavailable: undefined,
      machines: [],
    };
    const taken = takeInventory(released({ declared: [...declared, fresh] }));
    expect(rowOf(taken, "fresh", undefined)).toMatchObject({ drift: "ahead", current: true });
  });

  it("ahead: the engine has what was built and not released", () => {
    const tags = { ...inRegistry("web"), [contentTagOf("web next")]: image("web next") };
    const taken = takeInventory(withWeb(tags, { engines: [engine([held("web", NEW, named("web next"))])] }));
    expect(current(taken, "web").drift).toBe("ahead");
  });

  it("ahead: a second release of the same tag left it out, and says nothing of it", () => {
    const { releases } = released();
    const again = releases.map((each) => ({ ...each, tag: NEW }));
    const partial = again.map((each, index) =>
      index === 0 ? each : { ...each, images: each.images.filter(({ name }) => name === "web") },
    );
    const taken = takeInventory(released({ releases: partial, engines: [] }));
    expect(taken.rows.filter((row) => row.image === "api" && row.current)).toMatchObject([
      { tag: undefined, drift: "ahead" },
    ]);
  });

  it("unavailable: its root cannot be had; not released: the release says why", () => {
    const { declared, releases } = released();
    const rootless = {
      name: "gpu",
      repository: "demo/gpu",
      base: "cuda",
      unavailable: "cuda: no network",
      machines: [],
    };
    const left = { name: "big", repository: "demo/big", base: "web", unavailable: undefined, machines: [] };
    const last = releases.map((each) => ({ ...each, unavailable: [{ name: "big", why: "left out: tier" }] }));
    const taken = takeInventory(released({ declared: [...declared, rootless, left], releases: last }));
    expect(rowOf(taken, "gpu", undefined)).toMatchObject({
      drift: "unavailable",
      reasons: ["cuda: no network"],
    });
    expect(rowOf(taken, "big", undefined)).toMatchObject({
      drift: "not-released",
      reasons: ["left out: tier"],
    });
    expect(taken.drifted).toBe(false);
  });

  it("unknown: an engine that does not answer is never missing", () => {
    const taken = takeInventory(released({ engines: [SILENT] }));
    expect(current(taken, "web")).toMatchObject({ drift: "unknown", engines: [{ state: "unknown" }] });
    expect(taken).toMatchObject({ drifted: false, uncertain: true });
  });

  it("unknown: only what is placed on the machine whose engine is silent", () => {
    const { declared } = released();
    const placed = declared.map((each) => ({ ...each, machines: each.name === "api" ? ["pc2"] : [] }));
    const silent = { ...SILENT, name: "pc2", machines: ["pc2"] };
    const taken = takeInventory(released({ declared: placed, engines: [silent] }));
    expect(current(taken, "api").drift).toBe("unknown");
    expect(current(taken, "web").drift).toBe("in-step");
    expect(taken.uncertain).toBe(true);
  });

  it("unknown: a registry that does not answer, also for what an engine has", () => {
    const repositories = ["web", "api"].map((name) => ({
      repository: `demo/${name}`,
      state: "unknown" as const,
      why: "timeout",
    }));
    const silent = { host: HOST, namespace: "demo", repositories };
    const images = [held("web", NEW, named("by hand")), held("api", NEW, named("api old"))];
    const taken = takeInventory(released({ registry: silent, engines: [engine(images)] }));
    expect(current(taken, "web").drift).toBe("unknown");
    // The ledger knows this one without any registry.
    expect(current(taken, "api").drift).toBe("behind");
  });

  it("unknown hides no drift", () => {
    const taken = takeInventory(
      withWeb({ ...inRegistry("web"), [NEW]: image("web old") }, { engines: [SILENT] }),
    );
    expect(current(taken, "web")).toMatchObject({ drift: "diverged", reasons: { length: 2 } });
  });

  it("foreign: a tag, a repository and an engine's image that nobody here made", () => {
    const repositories = [
      repository("web", { ...inRegistry("web"), latest: image("theirs") }),
      repository("stray", { v1: image("stray") }),
    ];
    const alpine = { id: named("alpine"), repoTags: ["alpine:3"], repoDigests: [], sizeBytes: 1 };
    const taken = takeInventory(
      released({ registry: { host: HOST, namespace: "demo", repositories }, engines: [engine([alpine])] }),
    );
    expect(rowOf(taken, "web", "latest").drift).toBe("foreign");
    expect(rowOf(taken, "stray", "v1").drift).toBe("foreign");
    expect(rowOf(taken, "docker.io/library/alpine", "3").drift).toBe("foreign");
  });

  it("never foreign: what Lapstrake keeps beside the images", () => {
    const repositories = [
      repository("web", { ...inRegistry("web"), "build-cache": image("cache"), unproven: image("unproven") }),
      repository("api", inRegistry("api")),
      repository("releases", { [NEW]: image("record") }),
      repository("roots/debian", { any: image("root") }),
      {
        repository: "lapstrake/probe",
        state: "read" as const,
        tags: [{ tag: "probe", stored: image("probe") }],
      },
    ];
    const root = held("roots/debian", "any", named("root"));
    const taken = takeInventory(
      released({ registry: { host: HOST, namespace: "demo", repositories }, engines: [engine([root])] }),
    );
    expect(taken.rows.filter(({ drift }) => drift !== "in-step")).toEqual([]);
  });

  it("orphaned: released once, and no longer in the blueprint", () => {
    const { declared } = released();
    const taken = takeInventory(
      released({ declared: declared.filter(({ name }) => name === "web"), engines: [] }),
    );
    expect(rowOf(taken, "api", OLD)).toMatchObject({ drift: "orphaned", declared: false });
    expect(taken.drifted).toBe(false);
  });

  it("orphaned: signatures of what is gone, and tags of a release that was never recorded", () => {
    const about = (word: string) => `sha256-${named(word).slice("sha256:".length)}.sig`;
    const tags = {
      ...inRegistry("web"),
      [about("web new")]: image("good signature"),
      [about("gone")]: image("lone signature"),
      "20260303-ccccccc": image("web new"),
      "20260303-ddddddd": image("by hand"),
    };
    const taken = takeInventory(withWeb(tags));
    expect(rowOf(taken, "web", about("web new")).drift).toBe("in-step");
    expect(rowOf(taken, "web", about("gone")).drift).toBe("orphaned");
    expect(rowOf(taken, "web", "20260303-ccccccc").drift).toBe("orphaned");
    expect(rowOf(taken, "web", "20260303-ddddddd").drift).toBe("foreign");
  });

  it("orphaned: left on an engine by a release that the registry no longer holds", () => {
    const taken = takeInventory(
      withWeb(
        { [NEW]: image("web new") },
        { engines: [engine([held("web", OLD, named("web old")), held("web", NEW, named("web new"))])] },
      ),
    );
    expect(rowOf(taken, "web", OLD).drift).toBe("orphaned");
    expect(current(taken, "web").drift).toBe("in-step");
  });

  it("untagged child: part of an index, with the index's name", () => {
    const whole = indexOf("web new", [image("web amd64")]);
    const taken = takeInventory(withWeb({ [NEW]: whole }, { engines: [] }));
    const child = taken.rows.find(({ drift }) => drift === "untagged-child");
    expect(child).toMatchObject({ image: "web", tag: undefined, reasons: [`part of the index ${NEW}`] });
    expect(current(taken, "web").drift).toBe("in-step");
  });
});

describe("like is compared with like", () => {
  const whole = indexOf("web new", [image("web amd64")]);
  const on = (digest: string, repoDigests: readonly string[] = []) => ({
    ...held("web", NEW, digest),
    repoDigests,
    manifests: [],
  });

  it.each([
    ["the index", on(named("web new"))],
    ["the platform's manifest", on(named("web amd64"))],
    ["the config, of the classic store", on(named("web amd64 config"))],
    ["what was recorded at the pull", on(named("any id"), [`${HOST}/demo/web@${named("web new")}`])],
  ])("an engine that names it by %s is in step", (_, listed) => {
    const taken = takeInventory(withWeb({ [NEW]: whole }, { engines: [engine([listed])] }));
    expect(current(taken, "web").drift).toBe("in-step");
  });

  it("a digest that was recorded for another repository proves nothing", () => {
    const listed = on(named("any id"), [`${HOST}/demo/api@${named("web new")}`]);
    const taken = takeInventory(withWeb({ [NEW]: whole }, { engines: [engine([listed])] }));
    expect(current(taken, "web").drift).toBe("only-here");
  });

  it("an attestation that two indexes share does not make them one", () => {
    const note = image("provenance");
    const attested = (word: string, child: string) => {
      const base = indexOf(word, [image(child), note]);
      const manifests = base.index?.manifests.map((each) =>
        each.digest === note.digest
          ? { ...each, platform: { os: "unknown", architecture: "unknown" } }
          : each,
      );
      return { ...base, index: base.index && { ...base.index, manifests: manifests ?? [] } };
    };
    const tags = { [NEW]: attested("web new", "web amd64"), [OLD]: attested("web old", "old amd64") };
    const listed = { ...held("web", NEW, named("web old")), manifests: [{ digest: named("old amd64") }] };
    expect(current(takeInventory(withWeb(tags, { engines: [engine([listed])] })), "web").drift).toBe(
      "behind",
    );
  });

  it("a tag of the registry is a promise of exact bytes: an index around the released image is not it", () => {
    const taken = takeInventory(withWeb({ [NEW]: indexOf("around", [image("web new")]) }, { engines: [] }));
    expect(current(taken, "web").drift).toBe("diverged");
  });
});

describe("sizes", () => {
  it("count each blob once, and tell what only one image needs", () => {
    const tags = {
      [NEW]: image("web new", ["shared", "own", "own too"]),
      [OLD]: image("web old", ["shared"]),
    };
    const repositories = [repository("web", tags)];
    const taken = takeInventory(
      released({ registry: { host: HOST, namespace: "demo", repositories }, engines: [] }),
    );
    expect(current(taken, "web")).toMatchObject({ compressed: 310, unique: 210 });
    expect(taken.totals).toMatchObject({ sum: 420, unique: 320 });
  });

  it("unpacked is what the engine says", () => {
    expect(current(takeInventory(released()), "web").unpacked).toBe(200);
  });
});

describe("since", () => {
  it("tells which images changed between two releases, and by how many bytes", () => {
    const big = { ...inRegistry("web"), [NEW]: image("web new", ["a", "b"]) };
    const taken = takeInventory(withWeb(big, { since: OLD }));
    expect(taken.since).toMatchObject({
      release: OLD,
      changes: [
        { name: "api", change: "changed", bytes: 0 },
        { name: "web", change: "changed", bytes: 100 },
      ],
    });
    expect(takeInventory(released({ since: NEW })).since?.changes.map(({ change }) => change)).toEqual([
      "same",
      "same",
    ]);
    expect(takeInventory(released()).since).toBeUndefined();
  });
});

function current(taken: Inventory, name: string): InventoryRow {
  const row = taken.rows.find((each) => each.image === name && each.current);
  if (row === undefined) throw new Error(`no current row of ${name}`);
  return row;
}

function rowOf(taken: Inventory, name: string, tag: string | undefined): InventoryRow {
  const row = taken.rows.find((each) => each.image === name && each.tag === tag);
  if (row === undefined) throw new Error(`no row ${name}:${tag}`);
  return row;
}

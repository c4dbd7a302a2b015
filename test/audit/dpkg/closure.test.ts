import { describe, expect, it } from "vitest";
import { chainTo, closureOf } from "../../../src/core/audit/dpkg/closure.ts";
import { dependencyGraph } from "../../../src/core/audit/dpkg/dependency-graph.ts";
import { sizesOf } from "../../../src/core/audit/dpkg/package-sizes.ts";
import { readPackages } from "../../../src/core/audit/dpkg/read-packages.ts";
import { removals } from "../../../src/core/audit/dpkg/removal.ts";
import { type DebianImage, debianTree } from "../../kit/debian-image.ts";

function graphOf(image: DebianImage) {
  const database = readPackages(debianTree(image));
  if (database === undefined) throw new Error("no database");
  return dependencyGraph(database);
}

const id = (name: string) => (name.includes(":") ? name : `${name}:amd64`);

function kept(image: DebianImage, roots: readonly string[], options = {}) {
  const closure = closureOf(graphOf(image), roots.map(id), options);
  return [...closure.kept.values()].map(({ each }) => each.name).toSorted();
}

describe("what must stay", () => {
  it("is the roots, what they depend on however far, and the base", () => {
    const packages = {
      app: { Depends: "lib (>= 1)", "Pre-Depends": "init" },
      lib: { Depends: "deep" },
      deep: { Depends: "app" },
      init: {},
      base: { Essential: "yes", Depends: "below" },
      below: {},
      required: { Priority: "required" },
      guarded: { Protected: "yes" },
      other: {},
    };
    expect(kept({ packages }, ["app"])).toEqual(
      ["app", "base", "below", "deep", "guarded", "init", "lib", "required"].toSorted(),
    );
  });

  it("says why: from the root to the package, with the relation", () => {
    const graph = graphOf({
      packages: { app: { Depends: "lib (>= 1) | x" }, lib: { Depends: "deep" }, deep: {} },
    });
    const closure = closureOf(graph, ["app:amd64"]);
    expect(chainTo(closure, "deep:amd64").map(({ each, because }) => [each.name, because])).toEqual([
      ["app", { kind: "root" }],
      ["lib", { kind: "depends", by: "app:amd64", field: "Depends", text: "lib (>= 1) | x" }],
      ["deep", { kind: "depends", by: "lib:amd64", field: "Depends", text: "deep" }],
    ]);
    expect(chainTo(closure, "nobody:amd64")).toEqual([]);
  });

  it("chooses what is installed, what stays anyhow before the first of the text", () => {
    const packages = { app: { Depends: "not-there | second | third" }, second: {}, third: {} };
    expect(kept({ packages }, ["app"])).toEqual(["app", "second"]);
    expect(kept({ packages }, ["app", "third"])).toEqual(["app", "third"]);
    // `a-chooser` is asked first, and what has no choice is still settled before it.
    const later = { "a-chooser": { Depends: "one | two" }, fixed: { Depends: "two" }, one: {}, two: {} };
    expect(kept({ packages: later }, ["a-chooser", "fixed"])).toEqual(["a-chooser", "fixed", "two"]);
  });

  it("takes what is provided, with a version only where the version is provided", () => {
    const packages = {
      mta: { Provides: "mail-transport-agent, api (= 2)" },
      plain: { Depends: "mail-transport-agent" },
      exact: { Depends: "api (>= 2)" },
      newer: { Depends: "api (>= 3)" },
      unversioned: { Depends: "mail-transport-agent (>= 1)" },
    };
    const graph = graphOf({ packages });
    expect(kept({ packages }, ["plain"])).toEqual(["mta", "plain"]);
    expect(kept({ packages }, ["exact"])).toEqual(["exact", "mta"]);
    const { unmet } = closureOf(graph, [id("newer"), id("unversioned")]);
    expect(unmet.map(({ by, text }) => `${by} ${text}`)).toEqual([
      "newer:amd64 api (>= 3)",
      "unversioned:amd64 mail-transport-agent (>= 1)",
    ]);
  });

  it("takes another architecture only where Multi-Arch lets it", () => {
    const of = (multiArch: string, Depends: string) =>
      closureOf(
        graphOf({
          packages: { tool: { Architecture: "i386", "Multi-Arch": multiArch }, app: { Depends }, dpkg: {} },
        }),
        ["app:amd64"],
      ).unmet.length === 0;
    expect([of("no", "tool"), of("foreign", "tool"), of("allowed", "tool"), of("same", "tool")]).toEqual([
      false,
      true,
      false,
      false,
    ]);
    expect([of("no", "tool:any"), of("allowed", "tool:any"), of("no", "tool:i386")]).toEqual([
      false,
      true,
      true,
    ]);
  });

  it("has recommended packages where they are asked for", () => {
    const packages = { app: { Recommends: "nice, not-there" }, nice: {} };
    expect(kept({ packages }, ["app"])).toEqual(["app"]);
    expect(kept({ packages }, ["app"], { recommends: true })).toEqual(["app", "nice"]);
    expect(closureOf(graphOf({ packages }), ["app:amd64"], { recommends: true }).unmet).toEqual([]);
  });
});

describe("what would go with a package", () => {
  const packages = {
    app: { Depends: "lib, choice-a | choice-b" },
    lib: { Depends: "deep", Suggests: "doc" },
    deep: {},
    doc: {},
    "choice-a": {},
    "choice-b": {},
    plugin: { "Pre-Depends": "app" },
    keeper: { Depends: "deep" },
  };

  it("is who cannot be without it, however far, and not who has another choice", () => {
    const all = removals(graphOf({ packages, automatic: [] }));
    expect(all.of("lib:amd64")).toEqual({ broken: ["app:amd64", "plugin:amd64"], unneeded: [], base: false });
    expect(all.of("choice-a:amd64").broken).toEqual([]);
  });

  it("is what apt installed for it and nobody else needs", () => {
    const automatic = ["lib", "deep", "doc", "choice-a"];
    const { keeper: _, ...without } = packages;
    const options = { suggests: false };
    expect(removals(graphOf({ packages: without, automatic }), options).of("app:amd64")).toEqual({
      broken: ["plugin:amd64"],
      unneeded: ["choice-a:amd64", "deep:amd64", "lib:amd64"],
      base: false,
    });
    const held = removals(graphOf({ packages, automatic }), options);
    expect(held.of("app:amd64").unneeded).toEqual(["choice-a:amd64", "lib:amd64"]);
    expect(held.unneeded).toEqual(["doc:amd64"]);
    expect(removals(graphOf({ packages, automatic })).unneeded).toEqual([]);
    const never = { ...options, never: (name: string) => name === "doc" };
    expect(removals(graphOf({ packages, automatic }), never).unneeded).toEqual([]);
  });

  it("is not known without apt's marks", () => {
    const all = removals(graphOf({ packages }));
    expect([all.unneeded, all.of("app:amd64").unneeded]).toEqual([undefined, undefined]);
  });

  it("says where the base would go", () => {
    const all = removals(graphOf({ packages: { base: { Essential: "yes", Depends: "below" }, below: {} } }));
    expect(all.of("below:amd64")).toMatchObject({ broken: ["base:amd64"], base: true });
  });
});

describe("the bytes of packages", () => {
  it("are those of files that only they own, each once, as they lie in the image", () => {
    const image: DebianImage = {
      packages: { a: { "Installed-Size": "7" }, b: { "Installed-Size": "5" }, c: {} },
      lists: {
        "a.list": [
          "/usr",
          "/usr/lib/own",
          "/lib/own",
          "/usr/lib/shared",
          "/usr/share/doc/a",
          "/usr/lib/link",
        ],
        "b.list": ["/usr/lib/shared", "/usr/lib/b"],
        "c.list": [],
      },
      merged: true,
      files: [
        { path: "usr/lib/own", content: "12345" },
        { path: "usr/lib/shared", content: "123" },
        { path: "usr/lib/b", content: "1" },
        { path: "usr/lib/link", flag: "2", target: "own" },
      ],
    };
    const tree = debianTree(image);
    const database = readPackages(tree);
    if (database === undefined) throw new Error("no database");
    const of = (...names: string[]) =>
      sizesOf(
        database,
        tree,
        [...database.packages.values()].filter(({ name }) => names.includes(name)),
      );
    expect(of("a")).toEqual({ bytes: 5, files: 1, absent: 1, installedSize: 7 });
    expect(of("a", "b")).toEqual({ bytes: 9, files: 3, absent: 1, installedSize: 12 });
    expect(of("a", "c").installedSize).toBeUndefined();
  });
});

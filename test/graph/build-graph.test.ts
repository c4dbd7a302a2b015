import { describe, expect, it } from "vitest";
import { nodeOf, withAncestors, withDependents } from "../../src/core/graph/image-graph.ts";
import { DEBIAN, draw } from "./draw.ts";

const rules = (findings: readonly { readonly rule: string }[]) => findings.map(({ rule }) => rule);

describe("the hierarchy", () => {
  it("comes from FROM, COPY --from and bind mounts, with levels and places", () => {
    const { graph, findings } = draw({
      head: DEBIAN,
      images: {
        api: {
          dockerfile: "FROM registry.example/demo/web:any-tag\nCOPY --from=cpu /lib /lib\n",
        },
        web: { dockerfile: "ARG BASE_IMAGE\nFROM $BASE_IMAGE\n", more: "args: { BASE_IMAGE: base }" },
        cpu: { dockerfile: "FROM base\nRUN --mount=type=bind,from=web,target=/web true\n" },
        base: { dockerfile: "FROM debian:12\n" },
      },
    });
    expect(findings).toEqual([]);
    expect([...graph.nodes.values()].map(({ name, level }) => `${name} ${level}`)).toEqual([
      "base 0",
      "web 1",
      "cpu 2",
      "api 3",
    ]);
    expect(graph.parents.get("api")).toEqual(["web", "cpu"]);
    expect(nodeOf(graph, "api").parents).toEqual([
      {
        key: "registry.example/demo/web:any-tag",
        kind: "image",
        name: "web",
        via: "FROM",
        at: { file: "api/Dockerfile", line: 1, column: expect.any(Number) },
      },
      {
        key: "cpu",
        kind: "image",
        name: "cpu",
        via: "COPY --from",
        at: expect.objectContaining({ line: 2 }),
      },
    ]);
    expect(nodeOf(graph, "cpu").parents.map(({ via }) => via)).toEqual(["FROM", "RUN --mount"]);
  });

  it("knows the base through stages, and that it is not what a builder stage stands on", () => {
    const { graph } = draw({
      head: DEBIAN,
      images: {
        base: { dockerfile: "FROM debian\n" },
        tool: {
          dockerfile: "FROM base AS a\nFROM debian AS build\nFROM a AS b\nCOPY --from=build /x /x\nFROM b\n",
        },
        none: { dockerfile: "FROM base AS x\nFROM scratch\nCOPY --from=x /x /x\n" },
      },
    });
    expect(nodeOf(graph, "tool").base).toMatchObject({ kind: "image", name: "base" });
    expect(
      nodeOf(graph, "tool")
        .parents.map(({ name }) => name)
        .sort(),
    ).toEqual(["base", "debian"]);
    expect(nodeOf(graph, "none").base).toBeUndefined();
    expect(graph.parents.get("none")).toEqual(["base"]);
  });

  it("answers what an image needs and what needs it, in building order", () => {
    const { graph } = draw({
      images: {
        d: { dockerfile: "FROM b\nCOPY --from=c /x /x\n" },
        c: { dockerfile: "FROM a\n" },
        b: { dockerfile: "FROM a\n" },
        a: { dockerfile: "FROM scratch\n" },
        e: { dockerfile: "FROM scratch\n" },
      },
    });
    expect(withAncestors(graph, ["b"])).toEqual(["a", "b"]);
    expect(withDependents(graph, ["c"])).toEqual(["c", "d"]);
    expect(withDependents(graph, ["a"])).not.toContain("e");
    expect(() => nodeOf(graph, "aa")).toThrowError(
      expect.objectContaining({
        code: "GRAPH_UNKNOWN_IMAGE",
        hint: expect.stringContaining("did you mean a"),
      }),
    );
  });
});

describe("a cycle", () => {
  it("is a finding with each edge's file and line", () => {
    const { findings } = draw({
      images: {
        a: { dockerfile: "# first\nFROM c\n" },
        b: { dockerfile: "FROM scratch\nCOPY --from=a /x /x\n" },
        c: { dockerfile: "FROM b\n" },
        below: { dockerfile: "FROM a\n" },
      },
    });
    const cycles = findings.filter(({ rule }) => rule === "cycle");
    expect(cycles).toHaveLength(1);
    expect(cycles[0]).toMatchObject({
      level: "error",
      at: { file: "a/Dockerfile", line: 2 },
      chain: ["a/Dockerfile:2: a -> c", "c/Dockerfile:1: c -> b", "b/Dockerfile:2: b -> a"],
    });
  });

  it("of an image with itself, and two cycles at once, are each told", () => {
    const { findings } = draw({
      images: {
        self: { dockerfile: "FROM self\n" },
        x: { dockerfile: "FROM y\n" },
        y: { dockerfile: "FROM x\n" },
        fine: { dockerfile: "FROM scratch\n" },
      },
    });
    expect(findings.map(({ message }) => message.split(": ")[1])).toEqual(["self -> self", "x -> y -> x"]);
  });
});

describe("an unknown parent", () => {
  it.each([
    ["FROM bas\n", "did you mean base?"],
    ["FROM registry.example/demo/bases:1\n", "did you mean base?"],
    ["FROM debain\n", "did you mean debian?"],
    ["FROM quay.io/some/thing:1\n", "declare it under roots:"],
    ["ARG BASE_IMAGE=bas\nFROM ${BASE_IMAGE}\n", "did you mean base?"],
  ])("%j is a finding at its line, with %s", (dockerfile, hint) => {
    const { findings } = draw({
      head: DEBIAN,
      images: { base: { dockerfile: "FROM debian\n" }, web: { dockerfile } },
    });
    expect(rules(findings)).toEqual(["unknown-parent"]);
    const line = dockerfile.startsWith("ARG") ? 2 : 1;
    expect(findings[0]).toMatchObject({ level: "error", at: { file: "web/Dockerfile", line } });
    expect(findings[0]?.hint).toContain(hint);
  });

  it("under an image that the blueprint draws elsewhere is told once", () => {
    const { findings } = draw({
      images: {
        base: { dockerfile: "FROM scratch\n" },
        web: { dockerfile: "FROM nothing\n", more: "parent: base" },
      },
    });
    expect(rules(findings)).toEqual(["unknown-parent"]);
  });
});

describe("what the blueprint says and the Dockerfile does not do", () => {
  it("an argument that no ARG declares is an error at the image", () => {
    const { findings, text } = draw({
      images: { web: { dockerfile: "FROM scratch\nARG USED\n", more: "args: { USED: a, UNUSED: b }" } },
    });
    expect(rules(findings)).toEqual(["unused-argument"]);
    expect(text.split("\n")[(findings[0]?.at?.line ?? 0) - 1]).toContain("web:");
  });

  it.each([
    ["FROM other\n", "derives from other", 1],
    ["FROM scratch\n", "derives from scratch", 0],
    ["FROM base AS x\nFROM other\nCOPY --from=x /x /x\n", "derives from other", 1],
  ])("a parent that is drawn but not derived from: %j", (dockerfile, what, chain) => {
    const { findings } = draw({
      images: {
        base: { dockerfile: "FROM scratch\n" },
        other: { dockerfile: "FROM scratch\n" },
        web: { dockerfile, more: "parent: base" },
      },
    });
    expect(rules(findings)).toEqual(["parent-not-derived-from"]);
    expect(findings[0]?.message).toContain(what);
    expect(findings[0]?.chain ?? []).toHaveLength(chain);
  });

  it("a drawn parent that is derived from, through stages, is none", () => {
    const { findings } = draw({
      images: {
        base: { dockerfile: "FROM scratch\n" },
        web: { dockerfile: "FROM base AS x\nFROM x\n", more: "parent: base" },
      },
    });
    expect(findings).toEqual([]);
  });

  it("a root that nothing derives from is a warning", () => {
    const { findings } = draw({ head: DEBIAN, images: { a: { dockerfile: "FROM scratch\n" } } });
    expect(findings).toMatchObject([{ rule: "unused-root", level: "warning" }]);
  });
});

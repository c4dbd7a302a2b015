import { describe, expect, it } from "vitest";
import { DockerfileError } from "../../src/core/dockerfile/error.ts";
import type { ResolveOptions } from "../../src/core/dockerfile/resolved.ts";
import { resolveText } from "./resolve-text.ts";

/** What `LABEL x=…` becomes in a stage from scratch after these lines. */
function label(text: string, before: readonly string[] = [], options: Partial<ResolveOptions> = {}): unknown {
  const { stages } = resolveText(["FROM scratch", ...before, `LABEL x=${text}`], options);
  const canonical = stages[0]!.instructions.at(-1)!.canonical as { pairs: [string, unknown][] };
  return canonical.pairs[0]?.[1];
}

describe("substitution", () => {
  const vars = ["ARG A=abcabc", "ARG P=/usr/lib/x.tar.gz", "ARG E="];
  it.each([
    ["$A-${A}", "abcabc-abcabc"],
    ["${U:-d}${E:-d}${E-d}", "dd"],
    ["${A:+y}${U:+y}${E:+y}${E+y}", "yy"],
    ["${P##*/}", "x.tar.gz"],
    ["${P#*/}", "usr/lib/x.tar.gz"],
    ["${P%.*}", "/usr/lib/x.tar"],
    ["${P%%.*}", "/usr/lib/x"],
    ["${A/b/X}", "aXcabc"],
    ["${A//b/X}", "aXcaXc"],
    ["${A//b?/\\$0}", "a\\bca\\bc"],
    ["${U:-${V:-$A}}", "abcabc"],
    ["'$A'\"'$A'\"", "$A'abcabc'"],
    ["\\$A", "$A"],
    ["$", "$"],
  ])("%s is %s", (text, value) => {
    expect(label(text, vars)).toBe(value);
  });

  it.each(["${A", "${A!x}", "${:-x}", "${A#\\q}", "${A:#x}", '"open', "${U:?}", "${E:?empty}"])(
    "refuses %s",
    (text) => {
      expect(() => label(text, vars)).toThrow(DockerfileError);
    },
  );
});

describe("scopes", () => {
  it("passes a value over the default, which is then not even looked at", () => {
    expect(label("$A", ["ARG A=${B:?}"], { args: { A: "1" } })).toBe("1");
  });

  it("needs ARG again in the stage", () => {
    const lines = ["ARG V=1", "FROM scratch", "LABEL a=$V", "ARG V", "LABEL a=$V"];
    const labels = resolveText(lines).stages[0]!.instructions.filter(({ name }) => name === "LABEL");
    expect(labels.map(({ canonical }) => (canonical as { pairs: string[][] }).pairs[0]?.[1])).toEqual([
      "",
      "1",
    ]);
  });

  it("lets the later of ARG and ENV win, and evaluates a line with the values before it", () => {
    expect(label("$A$B", ["ENV A=1", "ARG A=2", "ENV A=3 B=$A"])).toBe("32");
  });

  it("carries variables on to a stage that builds on this one", () => {
    const { stages } = resolveText(["FROM scratch AS a", "ARG A=1", "FROM a", "LABEL x=$A"]);
    expect(stages[1]!.instructions.at(-1)!.canonical).toMatchObject({ pairs: [["x", "1"]] });
  });

  it("knows the platform arguments, after an ARG", () => {
    const options = { platform: "linux/arm/v7", buildPlatform: "linux/amd64" };
    expect(label("$TARGETPLATFORM", [], options)).toBe("");
    expect(
      label("$TARGETARCH/$TARGETVARIANT@$BUILDARCH", ["ARG TARGETARCH TARGETVARIANT BUILDARCH"], options),
    ).toBe("arm/v7@amd64");
  });

  it("never expands the text of a shell", () => {
    const { stages } = resolveText(["FROM scratch", "ARG A=1", "RUN echo $A", "CMD $A", 'ENTRYPOINT ["$A"]']);
    expect(stages[0]!.instructions.slice(2).map(({ canonical }) => canonical)).toMatchObject([
      { args: ["echo $A"] },
      { args: ["$A"] },
      { args: ["$A"] },
    ]);
  });
});

describe("arguments", () => {
  const lines = ["ARG BASE=py", "ARG UNUSED=u", "FROM ${BASE}", 'ARG A="q"', "ARG BASE"];

  it("lists the declared, the used and the unused", () => {
    const args = { A: "1", TYPO: "2", HTTP_PROXY: "p", SOURCE_DATE_EPOCH: "3" };
    const resolved = resolveText(lines, { args });
    expect(resolved.declaredArgs.map(({ name, default: text, at }) => [name, text, at.line])).toEqual([
      ["BASE", "py", 1],
      ["UNUSED", "u", 2],
      ["A", "q", 4],
      ["BASE", undefined, 5],
    ]);
    expect(resolved.usedArgs.map(({ name, value }) => [name, value])).toEqual([
      ["BASE", "py"],
      ["A", "1"],
    ]);
    expect(resolved.unusedArgs).toEqual(["TYPO"]);
  });

  it("does not count an ARG of a stage that is not reached", () => {
    const unreached = ["FROM scratch AS no", "ARG A", "FROM scratch"];
    expect(resolveText(unreached, { args: { A: "1" } }).unusedArgs).toEqual(["A"]);
  });
});

describe("what only the base image knows", () => {
  it("stays unexpanded, with the values that are known", () => {
    const { stages } = resolveText(["FROM py", "ENV PATH=/x:$PATH A=1", "LABEL x=$A:$PATH"]);
    expect(stages[0]!.instructions.slice(1).map(({ canonical }) => canonical)).toEqual([
      {
        do: "ENV",
        pairs: [
          ["PATH", { unexpanded: "/x:$PATH", given: [] }],
          ["A", "1"],
        ],
      },
      { do: "LABEL", pairs: [["x", { unexpanded: "$A:$PATH", given: [["A", "1"]] }]] },
    ]);
  });

  it("does not look like an escaped dollar", () => {
    const of = (text: string) =>
      resolveText(["FROM py", `LABEL x=${text}`]).stages[0]!.instructions[1]!.canonical;
    expect(of("$HOME")).not.toEqual(of("\\$HOME"));
  });

  it("is expanded where the environment of the base is given", () => {
    const { stages } = resolveText(["FROM py", "LABEL x=$HOME"], { baseEnv: { py: { HOME: "/root" } } });
    expect(stages[0]!.instructions[1]!.canonical).toMatchObject({ pairs: [["x", "/root"]] });
  });

  it("makes a COPY that needs it read everything, with a finding", () => {
    const { sources, findings } = resolveText(["FROM py", "COPY $WHERE/a /b"]);
    expect(sources).toMatchObject([{ patterns: ["."] }]);
    expect(findings).toMatchObject([{ rule: "dockerfile-unknown-variable", at: { line: 2 } }]);
  });

  it("is nothing in a stage from scratch", () => {
    expect(resolveText(["FROM scratch", "COPY a$WHERE /b"]).sources).toMatchObject([{ patterns: ["a"] }]);
  });
});

describe("growth", () => {
  it("is refused where variables double", () => {
    const lines = ["FROM scratch", "ENV A=0123456789", ...Array.from({ length: 40 }, () => "ENV A=$A$A")];
    expect(() => resolveText(lines)).toThrow(expect.objectContaining({ code: "DOCKERFILE_LIMIT" }));
  });
});

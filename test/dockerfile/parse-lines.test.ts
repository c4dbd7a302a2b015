import { describe, expect, it } from "vitest";
import { DockerfileError } from "../../src/core/dockerfile/error.ts";
import { parseDockerfile } from "../../src/core/dockerfile/parse.ts";

const parse = (text: string) => parseDockerfile(text, "Dockerfile");
const only = (text: string) => parse(`FROM scratch\n${text}`).stages[0]!.instructions[0]!;

function refusal(text: string): { code: string; line: number | undefined } {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof DockerfileError) return { code: error.code, line: error.at?.line };
    throw error;
  }
  throw new Error("it was taken");
}

describe("lines", () => {
  it("gives the position of the first character and the last line", () => {
    const { stages } = parse("FROM scratch\n\n  RUN a \\\n    # why\n    b\n");
    expect(stages[0]?.instructions[0]).toMatchObject({
      at: { file: "Dockerfile", line: 3, column: 3 },
      endLine: 5,
    });
    expect(stages[0]?.instructions[0]?.text).toBe("RUN a     b");
  });

  it("joins continuations without comments, and remembers empty lines in them", () => {
    const file = parse("FROM scratch\nRUN a && \\\n# no\n\n  b\n");
    expect(file.stages[0]?.instructions[0]?.args).toEqual(["a &&   b"]);
    expect(file.emptyContinuations).toEqual([4]);
  });

  it("does not continue after two escape characters", () => {
    expect(parse("FROM scratch\nRUN a \\\\\nRUN b\n").stages[0]?.instructions).toHaveLength(2);
  });

  it("reads a byte order mark, carriage returns and a last line without an end", () => {
    const { stages } = parse("\ufeffFROM scratch\r\nRUN a \\\r\n  b\r\nUSER x");
    expect(stages[0]?.instructions.map(({ args }) => args)).toEqual([["a   b"], ["x"]]);
  });

  it("takes the escape character from its directive, and none after a comment", () => {
    expect(parse("# escape=`\nFROM scratch\nRUN a `\n b\\\nRUN c").stages[0]?.instructions).toHaveLength(2);
    expect(parse("# hello\n# escape=`\nFROM scratch").escape).toBe("\\");
  });

  it("detects the frontend that BuildKit would fetch", () => {
    expect(parse("#!/bin/x\n# Syntax = docker/dockerfile:1 x\nFROM scratch").syntax).toEqual({
      ref: "docker/dockerfile:1",
      at: { file: "Dockerfile", line: 2, column: 1 },
    });
    expect(parse("FROM scratch\n# syntax=late\n").syntax).toBeUndefined();
  });

  it("says where a file is refused", () => {
    expect(refusal("FROM scratch\n\nNOPE x")).toEqual({ code: "DOCKERFILE_SYNTAX", line: 3 });
    expect(refusal("# escape=\\\n# escape=`\nFROM scratch")).toEqual({ code: "DOCKERFILE_SYNTAX", line: 2 });
    expect(refusal("FROM scratch\nRUN <<E\nx\n")).toEqual({ code: "DOCKERFILE_SYNTAX", line: 2 });
    expect(refusal(`FROM scratch\nRUN ${"x".repeat(70_000)}`)).toEqual({ code: "DOCKERFILE_LIMIT", line: 2 });
    expect(refusal("x".repeat(5_000_000))).toEqual({ code: "DOCKERFILE_LIMIT", line: 1 });
  });
});

describe("heredocs", () => {
  it("reads several bodies, one after the other", () => {
    const { heredocs, endLine } = only("RUN cat <<A <<-'B' >x\n1\nA\n\t2\n\tB\n");
    expect(heredocs).toEqual([
      { name: "A", content: "1\n", expand: true, chomp: false },
      { name: "B", content: "\t2\n", expand: false, chomp: true },
    ]);
    expect(endLine).toBe(6);
  });

  it("sees none in JSON, in quotes, or in instructions that take none", () => {
    expect(only('RUN ["<<A"]').heredocs).toEqual([]);
    expect(only('RUN echo "<<A"').heredocs).toEqual([]);
    expect(only("CMD <<A").heredocs).toEqual([]);
  });

  it("hands the body of an ONBUILD on as part of its trigger", () => {
    expect(only("ONBUILD COPY <<A /x\n1\nA\n").trigger).toBe("COPY <<A /x\n1\nA");
  });
});

describe("one instruction", () => {
  it("cuts flags, with quotes and escapes, up to the first other word", () => {
    const { flags, args } = only(
      'COPY --link --from="a b" --chown=x\\ y --exclude=1 --exclude=2 src --not /dst',
    );
    expect(flags.map(({ name, value }) => [name, value])).toEqual([
      ["link", undefined],
      ["from", "a b"],
      ["chown", "x y"],
      ["exclude", "1"],
      ["exclude", "2"],
    ]);
    expect(args).toEqual(["src", "--not", "/dst"]);
  });

  it("tells the JSON form from what only looks like it", () => {
    expect(only('CMD ["a", "b\\u0041"]')).toMatchObject({ json: true, args: ["a", "bA"] });
    expect(only("CMD ['a']")).toMatchObject({ json: false, args: ["['a']"] });
    expect(refusal('FROM scratch\nCMD ["a", null]').code).toBe("DOCKERFILE_SYNTAX");
  });

  it("reads pairs with quotes, and the old form", () => {
    expect(only('ENV A=1 B="2 3" C=4\\ 5').pairs).toEqual([
      { key: "A", value: "1" },
      { key: "B", value: '"2 3"' },
      { key: "C", value: "4\\ 5" },
    ]);
    expect(only("LABEL old the rest").pairs).toEqual([{ key: "old", value: "the rest" }]);
    expect(only("ARG A B=").pairs).toEqual([
      { key: "A", value: undefined },
      { key: "B", value: "" },
    ]);
  });

  it("lets the flags of a labs frontend through, for the resolver to report", () => {
    expect(only("COPY --parents a /b").flags).toHaveLength(1);
    expect(refusal("FROM scratch\nCOPY --parent a /b").code).toBe("DOCKERFILE_SYNTAX");
  });
});

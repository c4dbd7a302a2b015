import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../src/core/base/json.ts";
import type { Dockerfile } from "../../src/core/dockerfile/dockerfile.ts";
import { DockerfileError } from "../../src/core/dockerfile/error.ts";
import { parseIgnore } from "../../src/core/dockerfile/ignore.ts";
import { matchSources } from "../../src/core/dockerfile/match.ts";
import { parseDockerfile } from "../../src/core/dockerfile/parse.ts";
import { resolveDockerfile } from "../../src/core/dockerfile/resolve.ts";
import { readCorpus } from "./corpus.ts";

const PIECES = [
  "FROM a",
  "FROM scratch AS x",
  "ARG A=1",
  "RUN ",
  "COPY ",
  "ADD ",
  "ENV ",
  "LABEL ",
  "ONBUILD ",
  "EXPOSE ",
  "USER ",
  "<<EOF",
  "\nEOF\n",
  "\n",
  "\n",
  "\n",
  "\\\n",
  "# ",
  "--from=x ",
  "--mount=type=bind,",
  "--chmod=",
  "target=/x ",
  "a b",
  "${A",
  "${A:-",
  "${A//",
  "${A%",
  "}",
  "$A",
  "$",
  '"',
  "'",
  "\\",
  "`",
  "*",
  "?",
  "[",
  "]",
  "{",
  "|",
  "\t",
  "\r",
  "\0",
  "é",
  "\u00a0",
  "\ufeff",
  "\ud800",
  "😀",
  "[",
  '["a"]',
  "https://x/y.git?q=",
  "=",
  ",",
  " ",
];

const dockerfileText = fc
  .array(
    fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...PIECES) },
      { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
    ),
  )
  .map((pieces) => `FROM scratch\n${pieces.join("")}`);

/** The result, or the error's code; anything else that is thrown fails the property. */
function attempt<T>(work: () => T): T | string {
  try {
    return work();
  } catch (error) {
    if (error instanceof DockerfileError) return error.code;
    throw error;
  }
}

function resolve(file: Dockerfile): string {
  return canonicalJson(
    resolveDockerfile(file, { args: { A: "1" }, platform: "linux/amd64", contexts: ["x"] }).stages.map(
      ({ instructions }) => instructions.map(({ canonical }) => canonical),
    ),
  );
}

describe("any text", () => {
  it("gives a Dockerfile or a DockerfileError, and the same again", () => {
    let taken = 0;
    fc.assert(
      fc.property(dockerfileText, (text) => {
        const outcome = attempt(() => resolve(parseDockerfile(text, "Dockerfile")));
        if (outcome.startsWith("[")) taken++;
        expect(attempt(() => resolve(parseDockerfile(text, "Dockerfile")))).toBe(outcome);
      }),
      { numRuns: 3000, seed: 1 },
    );
    expect(taken).toBeGreaterThan(100);
  });

  it("gives rules or a DockerfileError as an ignore file, and never an exception by a path", () => {
    const line = fc.array(
      fc.constantFrom(
        "a",
        "b",
        "*",
        "**",
        "/",
        "?",
        "[",
        "]",
        "!",
        "\\",
        "^",
        "-",
        "|",
        "{2}",
        ".",
        "é",
        "\n",
      ),
    );
    const path = fc.array(fc.constantFrom("a", "b", "é", "ab", "a\n", "[", "*"), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(line, path, (pieces, parts) => {
        const file = parts.join("/");
        const rules = attempt(() => parseIgnore(pieces.join("")));
        const at = { file: "Dockerfile", line: 1, column: 1 };
        const source = {
          kind: "copy",
          patterns: [pieces.join("")],
          exclude: [],
          parents: false,
          at,
        } as const;
        attempt(() => matchSources(source, { files: [file, "b"], links: new Map([["b", pieces.join("")]]) }));
        // A pruned folder holds nothing that is sent.
        const sound = typeof rules === "string" || !rules.prunes(parts[0] ?? "") || rules.ignores(file);
        expect(sound || parts.length === 1).toBe(true);
      }),
      { numRuns: 3000, seed: 2 },
    );
  });
});

describe("print and parse", () => {
  it("gives the same instructions when each is printed on one line", () => {
    for (const { name, path, text, args, target } of readCorpus("corpus")) {
      const file = parseDockerfile(text, path);
      const again = parseDockerfile(printed(file), path);
      const options = {
        args,
        platform: "linux/amd64",
        contexts: [],
        ...(target === undefined ? {} : { target }),
      };
      const canonical = (dockerfile: Dockerfile) =>
        resolveDockerfile(dockerfile, options).stages.map(({ instructions }) =>
          instructions.map((found) => found.canonical),
        );
      expect(canonical(again), name).toEqual(canonical(file));
    }
  });
});

function printed({ escape, metaArgs, stages }: Dockerfile): string {
  const instructions = [...metaArgs, ...stages.flatMap((stage) => [stage.from, ...stage.instructions])];
  const lines = instructions.map(({ text, heredocs }) => {
    return `${text}\n${heredocs.map(({ content, name }) => `${content}${name}\n`).join("")}`;
  });
  return `# escape=${escape}\n${lines.join("")}`;
}

describe("a megabyte", () => {
  const fill = (piece: string, length = 1024 * 1024) =>
    piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
  it.each([
    ["of instructions", `FROM a\n${fill("RUN echo one && echo two && echo three && echo four\n")}`],
    ["of continuations", `FROM a\nRUN ${fill("a \\\n")}`],
    ["of heredoc words", `FROM a\nRUN ${fill(`${fill("<<E ", 60_000)}\\\n`)}`],
    ["of one heredoc", `FROM a\nRUN <<E\n${fill("x\n")}`],
    ["of blanks", `FROM a\n${fill(`ENV A=${fill(" ", 60_000)}x\n`)}`],
    ["of nested substitutions", `FROM scratch\nENV A=${fill("${A:-", 65_000)}`],
    [
      "of stars against a long value",
      `FROM scratch\nENV A=${fill("a", 60_000)}\nENV B=\${A##${fill("*a", 60_000)}b}\n`,
    ],
    ["of brackets", `FROM a\nCMD ${fill(`${fill("[", 60_000)}\\\n`)}`],
    ["of stages", fill("FROM a\n")],
    ["of triggers", `FROM a AS b\n${fill("ONBUILD RUN x\n", 400_000)}\n${"FROM b\n".repeat(900)}`],
    ["of zeros", fill("\0")],
  ])(
    "%s is read or refused in bounded time",
    (_, text) => {
      const start = performance.now();
      attempt(() => resolve(parseDockerfile(text, "Dockerfile")));
      // Two seconds at most on an idle machine; a quadratic reader would take many minutes.
      expect(performance.now() - start).toBeLessThan(60_000);
    },
    120_000,
  );
});

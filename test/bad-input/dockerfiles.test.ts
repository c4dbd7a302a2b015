import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { expectKnown, expectNoInnards } from "./expect-known.ts";
import { blueprintOf, diskFleet, type Files } from "./on-disk.ts";

const yaml = "lapstrake.yaml";
const one = { [yaml]: blueprintOf(["base"]) };

describe("a Dockerfile that cannot be used exits 2 with the place", () => {
  it.each<[string, Files, string, { file: string; line: number } | undefined]>([
    ["that is not there", one, "dockerfile-missing", { file: yaml, line: 5 }],
    [
      "that is a folder",
      { ...one, "base/Dockerfile/x": "" },
      "dockerfile-unreadable",
      { file: yaml, line: 5 },
    ],
    [
      "of 20 MB",
      dockerfile(`FROM scratch\n#${"x".repeat(20 << 20)}`),
      "dockerfile-unreadable",
      { file: yaml, line: 5 },
    ],
    ["that is empty", dockerfile(""), "dockerfile-syntax", { file: "base/Dockerfile", line: 1 }],
    [
      "of bytes",
      dockerfile(Uint8Array.of(0, 255, 254, 10)),
      "dockerfile-syntax",
      { file: "base/Dockerfile", line: 1 },
    ],
    [
      "with an unknown instruction",
      dockerfile("FROM scratch\nCPOY a /\n"),
      "dockerfile-syntax",
      { file: "base/Dockerfile", line: 2 },
    ],
    [
      "with a parent that nobody has",
      dockerfile("FROM nobody/has:it\n"),
      "unknown-parent",
      { file: "base/Dockerfile", line: 1 },
    ],
    [
      "with an ARG that nobody gives",
      dockerfile("ARG BASE_IMAGE\nFROM $BASE_IMAGE\n"),
      "dockerfile-stage",
      { file: "base/Dockerfile", line: 2 },
    ],
    [
      "with a COPY of nothing",
      dockerfile("FROM scratch\nCOPY nothing.txt /\n"),
      "missing-source",
      { file: "base/Dockerfile", line: 2 },
    ],
    [
      "with a COPY from above",
      dockerfile("FROM scratch\nCOPY ../../etc/passwd /\n"),
      "missing-source",
      { file: "base/Dockerfile", line: 2 },
    ],
    [
      "without its context",
      {
        [yaml]: blueprintOf(["base"]).replace("context: base", "context: bsae"),
        "base/Dockerfile": "FROM scratch\nCOPY a /\n",
      },
      "context-missing",
      { file: yaml, line: 5 },
    ],
    [
      "with a pattern that is none",
      dockerfile("FROM scratch\nCOPY [ /\n"),
      "dockerfile-value",
      { file: "base/Dockerfile", line: 2 },
    ],
    [
      "with an ignore file that is none",
      { ...dockerfile("FROM scratch\nCOPY . /\n"), "base/.dockerignore": "a\n[\n" },
      "dockerignore-pattern",
      { file: "base/.dockerignore", line: 2 },
    ],
  ])("%s", async (_, files, code, at) => {
    const fleet = diskFleet(files);
    const { problems } = await expectKnown(fleet, ["plan"], {
      exit: 2,
      code,
      ...(at === undefined ? {} : { at }),
    });
    expect(problems).toHaveLength(1);
    const check = await fleet.call(["check", "--json"]);
    expectNoInnards(check);
    expect(check.exit).toBe(1);
    expect(check.out).toContain(`"rule": "${code}"`);
  });
});

describe("a COPY of nothing says what it may have meant", () => {
  it.each<[string, Files, string, RegExp]>([
    ["a mistyped name", { "base/main.py": "" }, "COPY mian.py /", /did you mean main\.py\?/],
    [
      "what lies beside the Dockerfile",
      { "base/sub/x.txt": "", ...within("sub") },
      "COPY x.txt /",
      /did you mean sub\/x\.txt\?/,
    ],
    [
      "what is ignored",
      { "base/a.log": "", "base/.dockerignore": "*.log\n" },
      "COPY a.log /",
      /base\/\.dockerignore|!a\.log/,
    ],
  ])("%s", async (_, files, copy, hint) => {
    const fleet = diskFleet({ ...one, ...files });
    const path = "base/sub/Dockerfile" in files ? "base/sub/Dockerfile" : "base/Dockerfile";
    fleet.write({ [path]: `FROM scratch\n${copy}\n` });
    const { err } = await expectKnown(fleet, ["plan"], {
      exit: 2,
      code: "missing-source",
      at: { file: path, line: 2 },
    });
    expect(err).toMatch(hint);
  });
});

describe("a Dockerfile that would speak to the terminal", () => {
  it("is shown with its control characters spelt out", async () => {
    const fleet = diskFleet(dockerfile("FROM scratch\n\u001b]0;title\u0007\u001b[2J\u202eCOPY a /\n"));
    const check = await fleet.call(["check"]);
    expect(check.exit).toBe(1);
    expect(check.out).toContain("\\x1b]0;title\\x07\\x1b[2J\\u{202e}");
    const plan = await fleet.call(["plan"]);
    expect(plan.exit).toBe(2);
    // Line feeds are the only controls of the answers.
    expect((check.out + plan.err).replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
  });
});

describe("patterns that a careless matcher never gets to the end of", () => {
  const long = "a".repeat(200);
  it.each([
    ["stars in a row", "*".repeat(308), "x"],
    ["stars in a row, then a name", `${"*".repeat(301)}.log`, "x"],
    ["stars and letters in turn", `${"*a".repeat(100)}b`, "x"],
    ["folders of any depth", `${"**/".repeat(100)}b`, "x"],
    ["question marks", `${"?*".repeat(100)}b`, "x"],
  ])("%s", async (_, ignore, copied) => {
    const fleet = diskFleet({
      ...dockerfile(
        `FROM scratch\nCOPY ${copied} ${ignore} /\nCOPY --parents ${ignore} /p/\nCOPY --exclude=${ignore} . /e/\n`,
      ),
      "base/.dockerignore": `${ignore}\n!x\n`,
      [`base/${"d/".repeat(40)}${long}`]: "",
      [`base/${long}`]: "",
      "base/x": "",
    });
    const started = performance.now();
    expectNoInnards(await fleet.call(["check"]));
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe("a circle", () => {
  it("of three is shown whole, by each command that needs a hierarchy", async () => {
    const fleet = diskFleet({
      [yaml]: blueprintOf(["a", "b", "c"]),
      "a/Dockerfile": "FROM b\n",
      "b/Dockerfile": "FROM c\n",
      "c/Dockerfile": "FROM a\n",
    });
    for (const command of ["plan", "graph", "build", "release", "status"]) {
      const { problems } = await expectKnown(fleet, [command], { exit: 2, code: "cycle" });
      expect(problems.map(({ message }) => message).join("\n")).toMatch(
        /a\/Dockerfile:1.*b\/Dockerfile:1.*c\/Dockerfile:1/s,
      );
    }
  });

  it("of an image with itself", async () => {
    const fleet = diskFleet({ [yaml]: blueprintOf(["a"]), "a/Dockerfile": "FROM a\n" });
    const { problems } = await expectKnown(fleet, ["plan"], { exit: 2, code: "cycle" });
    expect(problems).toHaveLength(1);
  });
});

describe("a Dockerfile of 1 MB", () => {
  it.each([
    ["of comments", `FROM scratch\n${"# a line of comment\n".repeat(52_000)}`, 0],
    ["of instructions", `FROM scratch\n${'ENV A="some value"\n'.repeat(55_000)}`, 0],
    ["of one line", `FROM scratch\nLABEL a=${"x".repeat(1 << 20)}\n`, 1],
    ["of continuations", `FROM scratch\nENV A=b ${"\\\n  C=d ".repeat(120_000)}\n`, 0],
    [
      "of expansions that grow",
      `FROM scratch\nARG A=xxxxxxxxxx\n${"ARG A=$A$A$A$A$A$A$A$A\n".repeat(40_000)}`,
      1,
    ],
  ])("%s is read or refused in seconds", async (_, text, exit) => {
    const fleet = diskFleet({ ...one, "base/Dockerfile": text });
    const started = performance.now();
    const answer = await fleet.call(["check"]);
    expectNoInnards(answer);
    expect(answer.exit, answer.out.slice(0, 500)).toBe(exit);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe("a link that leads out of the context", () => {
  it("to a folder: nothing of it is copied, and that is said", async () => {
    const fleet = diskFleet({ ...one, "base/Dockerfile": "FROM scratch\nCOPY out/secret /\n", secret: "s" });
    symlinkSync("..", join(fleet.folder, "base/out"));
    const { problems } = await expectKnown(fleet, ["plan"], {
      exit: 2,
      code: "missing-source",
      at: { file: "base/Dockerfile", line: 2 },
    });
    expect(problems).toHaveLength(1);
  });

  it("is named in the message, since the file seems to be there", async () => {
    const fleet = diskFleet({ ...one, "base/Dockerfile": "FROM scratch\nCOPY out /\n", secret: "s" });
    symlinkSync("../secret", join(fleet.folder, "base/out"));
    const { err } = await expectKnown(fleet, ["plan"], { exit: 2, code: "missing-source" });
    expect(err).toContain("out -> ../secret");
  });

  it.each(["../secret", "/etc/hostname"])("to the file %s", async (target) => {
    const fleet = diskFleet({ ...one, "base/Dockerfile": "FROM scratch\nCOPY out /\n", secret: "s" });
    symlinkSync(target, join(fleet.folder, "base/out"));
    const { problems } = await expectKnown(fleet, ["plan"], {
      exit: 2,
      code: "missing-source",
      at: { file: "base/Dockerfile", line: 2 },
    });
    expect(problems).toHaveLength(1);
  });

  it("in a circle", async () => {
    const fleet = diskFleet({ ...one, "base/Dockerfile": "FROM scratch\nCOPY a /\n" });
    symlinkSync("b", join(fleet.folder, "base/a"));
    symlinkSync("a", join(fleet.folder, "base/b"));
    const { problems } = await expectKnown(fleet, ["plan"], { exit: 2, code: "missing-source" });
    expect(problems).toHaveLength(1);
  });
});

/** The Dockerfile in a folder of its context. */
function within(folder: string): Files {
  const path = `base/${folder}/Dockerfile`;
  return { [yaml]: blueprintOf(["base"]).replace("base/Dockerfile", path), [path]: "" };
}

function dockerfile(content: string | Uint8Array): Files {
  return { ...one, "base/Dockerfile": content };
}

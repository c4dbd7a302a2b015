import { array, assert, constantFrom, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { buildCommandOf } from "../../src/core/policy/guide/build-commands.ts";
import { drawnTree } from "../../src/core/policy/guide/drawn-tree.ts";
import { isWithin, placeIn } from "../../src/core/policy/guide/guide.ts";
import { looseRef } from "../../src/core/policy/guide/image-name.ts";
import { openGuide } from "../../src/core/policy/guide/open-guide.ts";
import { readGuide } from "../../src/core/policy/guide/read-guide.ts";
import { newShell, readShell } from "../../src/core/policy/guide/shell-words.ts";

const read = (text: string) => readGuide(text, "g.md");

describe("a document", () => {
  it("is headings, paragraphs, items and rows, each with its place and its section", () => {
    const { blocks } = read(
      "top\n\n# One\ntext\ngoes on\n- item\n  of two\n1. first\n| a | b |\n## Two ##\nend\n",
    );
    expect(blocks.map(({ text, at, section }) => [text, at.line, section.title])).toEqual([
      ["top", 1, ""],
      ["# One", 3, "One"],
      ["text\ngoes on", 4, "One"],
      ["- item\n  of two", 6, "One"],
      ["1. first", 8, "One"],
      ["| a | b |", 9, "One"],
      ["## Two ##", 10, "Two"],
      ["end", 11, "Two"],
    ]);
    const [, one, , , , , , two] = blocks.map(({ section }) => section);
    expect([isWithin(two!, one!), isWithin(one!, two!)]).toEqual([true, false]);
    expect(placeIn(blocks[2]!, "text\ngo".length)).toEqual({ file: "g.md", line: 5, column: 3 });
  });

  it.each([
    ["backticks", "```bash x y\na\n```\n", ["bash", "x y", "a\n", 2]],
    ["tildes, with backticks inside", "~~~sh\n```\n~~~\n", ["sh", "", "```\n", 2]],
    ["a longer fence", "````\n```\n````\n", ["", "", "```\n", 2]],
    [
      "in an item of a list",
      "- a\n  ```Dockerfile\n  FROM x\n    y\n  ```\n",
      ["dockerfile", "", "FROM x\n  y\n", 3],
    ],
    ["without an end", "```\na", ["", "", "a\n", 2]],
    ["carriage returns and a byte order mark", "\ufeff```sh\r\na\r\n```\r\n", ["sh", "", "a\n", 2]],
  ])("code in fences: %s", (_, text, expected) => {
    expect(read(text).fences.map(({ language, info, text, at }) => [language, info, text, at.line])).toEqual([
      expected,
    ]);
  });

  it("does not take code inside a line for a fence, nor what stands in a fence for text", () => {
    expect(read("```a``` b\n").fences).toEqual([]);
    expect(read("```\n# not a heading\n```\n").blocks).toEqual([]);
  });

  it("is read whatever it is, in time that grows with its size", () => {
    const line = constantFrom(
      "",
      "# a",
      "```",
      "```sh",
      "~~~",
      "- x",
      "| y",
      "├── z",
      "FROM a",
      "docker build .",
      "a \\",
    );
    assert(
      property(array(line, { maxLength: 40 }), (lines) => {
        const text = lines.join("\n");
        const { blocks, fences } = openGuide(read(text));
        const count = blocks.reduce((sum, block) => sum + block.text.split("\n").length, 0);
        expect(count + fences.length).toBeLessThanOrEqual(lines.length);
      }),
      { numRuns: 1000 },
    );
    const started = performance.now();
    const million = 1024 * 1024;
    for (const text of [
      "`".repeat(million),
      "#".repeat(million),
      "9".repeat(million),
      "```dockerfile\nFROM a\n```\n".repeat(40_000),
      `\`\`\`bash\n${"docker build --build-arg ".repeat(40_000)}\n\`\`\`\n`,
      `\`\`\`text\n${"│ ".repeat(million / 2)}└─ a\n\`\`\`\n`,
    ])
      openGuide(read(text));
    expect(performance.now() - started).toBeLessThan(60_000);
  }, 90_000);
});

describe("what a document shows", () => {
  const build = (text: string) =>
    readShell(text, { file: "g.md", line: 1, column: 1 }, newShell()).flatMap(
      (command) => buildCommandOf(command, { title: "", level: 0, parent: undefined }) ?? [],
    );

  it("builds: Dockerfile, context, tags, arguments and caches, in any order and form", () => {
    const [command] = build(
      "sudo docker --context x buildx build --push -f ./a//Dockerfile --platform linux/amd64 --build-arg A=1 --build-arg=B -t=r/a:1 -tr/a:2 --cache-from=c --cache-to d ./dir",
    );
    expect(command).toMatchObject({ dockerfile: "a/Dockerfile", context: { text: "./dir" } });
    expect(command?.tags.map(({ text }) => text)).toEqual(["r/a:1", "r/a:2"]);
    expect(command?.args.map(({ name, value }) => [name, value?.text])).toEqual([
      ["A", "1"],
      ["B", undefined],
    ]);
    expect(command?.caches.map(({ text }) => text)).toEqual(["c", "d"]);
  });

  it.each([
    ["docker build .", "Dockerfile"],
    ["docker image build a", "a/Dockerfile"],
    ["podman build -f x/y .", "x/y"],
    ["docker build -f $FILE .", undefined],
    ["docker build https://example.org/a.git", undefined],
  ])("%s builds %s", (text, dockerfile) => {
    expect(build(text).map((command) => command.dockerfile)).toEqual([dockerfile]);
  });

  it.each(["docker run a build", "docker buildx bake", "echo docker build is nice", "docker", "build ."])(
    "%s builds nothing",
    (text) => {
      expect(build(text)).toEqual([]);
    },
  );

  it("trees, drawn in either way, and no other text", () => {
    const edges = (text: string) =>
      read(`\`\`\`text\n${text}\`\`\`\n`)
        .fences.flatMap(drawnTree)
        .map(({ child, parent }) => `${child}<${parent}`);
    expect(edges("a\n├── b\n│   └── c  (a note)\n└─ d\ne\n└─ f\n")).toEqual(["b<a", "c<b", "d<a", "f<e"]);
    expect(edges("a (root)\n|-- b\n|   `-- c\n`-- d\n")).toEqual(["b<a", "c<b", "d<a"]);
    expect(edges("a\n  b\n    c\n| d |\n")).toEqual([]);
  });

  it("examples of Dockerfiles by the path that fence or first line give, their lines counted in the document", () => {
    const { dockerfiles, broken } = openGuide(
      read(
        "```dockerfile ./a/Dockerfile\nFROM x\n```\n```docker\n# b/Dockerfile\nFROM y\n```\n```dockerfile\nFROM z\n```\n```dockerfile\nRUN\n```\n",
      ),
    );
    expect(dockerfiles.map(({ name, dockerfile }) => [name, dockerfile.stages[0]?.at.line])).toEqual([
      ["a/Dockerfile", 2],
      ["b/Dockerfile", 6],
      ["g.md#3", 9],
    ]);
    expect(broken.map(({ name, at }) => [name, at.line])).toEqual([["g.md#4", 12]]);
  });

  it.each([
    ["ghcr.io/o/n:1", ["ghcr.io/o", "n", "1"]],
    ["localhost:5000/o/n", ["localhost:5000/o", "n", undefined]],
    ["n:1", ["", "n", "1"]],
    ["r/n:1@sha256:00", ["r", "n", "1"]],
    ["ghcr.io/$ORG/n:$(date)", ["ghcr.io/$ORG", "n", "$(date)"]],
  ])("the reference %s", (text, expected) => {
    const { prefix, name, tag } = looseRef(text);
    expect([prefix, name, tag]).toEqual(expected);
  });
});

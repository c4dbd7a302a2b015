import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plainText } from "../../../src/core/phases/documents/plain-text.ts";
import { readMarkdown } from "../../../src/core/phases/documents/read-markdown.ts";

describe("the structure of a document", () => {
  it("is blocks with their lines", () => {
    const text = `# Title

<!-- note -->

> quoted \`tini\`
> and *more*
lazy

| a | b |
| - | - |
| x \\| y | \`c\` |
| z |

- [ ] one
- [x] two
  more
  - inner

Words
in two lines

\`\`\`
code
\`\`\`

<div>
hi
</div>
`;
    const { document, findings } = readMarkdown(text);
    expect(findings).toEqual([]);
    expect(document?.blocks).toEqual([
      { kind: "heading", level: 1, text: "Title", line: 1, end: 1 },
      { kind: "comment", text: "<!-- note -->", line: 3, end: 3 },
      {
        kind: "quote",
        text: "quoted `tini`\nand *more*\nlazy",
        parts: [{ line: 5, text: "quoted `tini`\nand *more*\nlazy" }],
        line: 5,
        end: 7,
      },
      {
        kind: "table",
        head: { line: 9, cells: ["a", "b"] },
        rows: [
          { line: 11, cells: ["x | y", "`c`"] },
          { line: 12, cells: ["z", ""] },
        ],
        line: 9,
        end: 12,
      },
      {
        kind: "list",
        items: [
          { line: 14, text: "one", checked: false },
          { line: 15, text: "two\nmore", checked: true },
          { line: 17, text: "inner", checked: undefined },
        ],
        line: 14,
        end: 17,
      },
      { kind: "text", text: "Words\nin two lines", line: 19, end: 20 },
      { kind: "code", text: "code\n", line: 22, end: 24 },
      { kind: "html", text: "<div>\nhi\n</div>", line: 26, end: 28 },
    ]);
  });

  it("is the same with a byte order mark and the line ends of Windows", () => {
    const text = "# A\n\n> b\n> c\n\n| d |\n| - |\n| e |\n";
    const windows = new TextEncoder().encode(`\ufeff${text.replaceAll("\n", "\r\n")}`);
    expect(readMarkdown(windows)).toEqual(readMarkdown(text));
    expect(readMarkdown(text).document?.blocks).toHaveLength(3);
  });

  it("takes a comment with words behind it for raw HTML", () => {
    const kinds = readMarkdown("<!-- a --> words\n\n<!-- b -->").document?.blocks.map(({ kind }) => kind);
    expect(kinds).toEqual(["html", "comment"]);
  });
});

describe("a hostile document", () => {
  const MEGABYTE = 1024 * 1024;
  const nested = Array.from({ length: 400 }, (_, depth) => `${" ".repeat(depth * 2)}- a`).join("\n");
  it.each([
    ["of a line of one megabyte", "a".repeat(MEGABYTE), "line-too-long", 1],
    ["with a long line behind", `# A\n\n${"|".repeat(20_001)}`, "line-too-long", 3],
    ["of more than two megabytes", "a\n".repeat(MEGABYTE + 1), "too-large", 1],
    ["of more lines than anybody reads", "\n".repeat(10_000), "too-large", 1],
    ["of quotes within quotes", `# A\n\n${">".repeat(10_000)}a`, "too-deep", 3],
    ["of lists within lists", `${nested}\n`, "too-deep", 11],
    ["that is no text", new Uint8Array([0x23, 0x20, 0xff, 0xfe]), "not-utf8", 1],
  ])("%s gets a finding", (_, source, rule, line) => {
    const { findings } = readMarkdown(source);
    expect(findings).toMatchObject([{ rule, line }]);
  });

  it("of the same form within the limits gets none (canary)", () => {
    expect(readMarkdown(`${">".repeat(8)} a\n\n${"a".repeat(20_000)}`).findings).toEqual([]);
  });

  it.each([
    ["paragraphs", "a\n\n"],
    ["items", "- a\n"],
    ["items of two kinds", "1. a\n- b\n"],
    ["rows", "| a | b |\n"],
    ["tables", "a|b\n-|-\n\n"],
    ["fences", "```\n"],
    ["comments that nothing ends", "<!--\n"],
    ["tags", "<div\n"],
    ["definitions", "[a]: b\n"],
    ["brackets", "[a\n"],
    ["headings", "a\n=\n"],
    ["quotes", `${">".repeat(20)}a\n`],
  ])("of as many %s as there may be lines is read within seconds", (_, piece) => {
    const count = Math.floor(9_990 / piece.split("\n").length + 1);
    const began = performance.now();
    expect(readMarkdown(piece.repeat(count)).document).toBeDefined();
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it("of whatever text is read or refused, and lines stay within it", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "\n",
        "\r\n",
        "> ",
        "- ",
        "1. ",
        "| a | b |",
        "|-|-|",
        "```",
        "<!--",
        "-->",
        "# ",
        "    ",
      ),
      fc.constantFrom(
        "<div>",
        "[a]: ",
        "***",
        "\t",
        "`",
        "\\",
        "\ufeff",
        "\u0000",
        "\u2028",
        "---",
        "- [x] ",
      ),
      fc.string({ unit: "binary", maxLength: 6 }),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join("")),
        (text) => {
          const { document } = readMarkdown(text);
          expect(document).toBeDefined();
          let last = 0;
          for (const { line, end } of document?.blocks ?? []) {
            expect(line).toBeGreaterThan(last);
            expect(end).toBeGreaterThanOrEqual(line);
            last = end;
          }
          expect(last).toBeLessThanOrEqual(document?.lines.length ?? 0);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("of whatever bytes is read or refused", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const { document, findings } = readMarkdown(bytes);
        expect(document === undefined ? findings.length : 1).toBe(1);
      }),
    );
  });
});

describe("the text within a block", () => {
  it.each([
    ["a `code` b", "a   b", "a code b"],
    ["a ``co`de`` b", "a   b", "a co`de b"],
    ["a `open b", "a `open b", "a `open b"],
    ["a <!-- not seen --> b", "a   b", "a   b"],
    ["a <!-- open", "a <!-- open", "a <!-- open"],
    ["a <!--> b", "a <!--> b", "a <!--> b"],
    ["`<!--` a `-->`", "  a  ", "<!-- a -->"],
    ["a \\`b\\` \\<c>", "a `b` <c>", "a `b` <c>"],
  ])("%s", (inline, said, shown) => {
    expect(plainText(inline, { code: "drop" })).toBe(said);
    expect(plainText(inline, { code: "keep" })).toBe(shown);
  });

  it("of whatever form comes to an end", () => {
    const pieces = fc.array(fc.constantFrom("<!--", "-->", "`", "``", "\\", "<", ">", "-", "a", "\n"), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(pieces, (parts) => {
        const inline = parts.join("");
        expect(plainText(inline, { code: "keep" }).length).toBeLessThanOrEqual(inline.length);
      }),
    );
  });

  it.each(["`", "<!--", "\\", "` ", "<!-- -->"])("of many %s costs little time", (piece) => {
    const began = performance.now();
    plainText(piece.repeat(100_000), { code: "drop" });
    expect(performance.now() - began).toBeLessThan(3_000);
  });
});

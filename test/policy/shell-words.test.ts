import { array, assert, constantFrom, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { newShell, readShell } from "../../src/core/policy/guide/shell-words.ts";

const START = { file: "guide.md", line: 10, column: 1 };
const read = (text: string) => readShell(text, START, newShell());
const words = (text: string) => read(text).map((command) => command.words.map((word) => word.text));
const last = (text: string) => read(text).at(-1)?.words.at(-1);

describe("a shell text", () => {
  it.each([
    ["words", "a  b\tc", [["a", "b", "c"]]],
    ["lines, ; && || | and &", "a;b && c || d|e &f\ng", [["a"], ["b"], ["c"], ["d"], ["e"], ["f"], ["g"]]],
    ["lines that go on", "a \\\n  b\\\nc", [["a", "bc"]]],
    ["comments, but not inside a word", "a b#c # d\n# e", [["a", "b#c"]]],
    ["quotes", "a 'b $c' \"d 'e'\" f\\ g", [["a", "b $c", "d 'e'", "f g"]]],
    ["escapes in double quotes", 'a "\\$b \\" \\\\ \\c"', [["a", '$b " \\ \\c']]],
    ["redirections", "a 2>&1 >b <c d", [["a", "d"]]],
    ["a here-document, whose body is no command", "a <<EOF b\nc d\nEOF\ne", [["a", "b"], ["e"]]],
    ["a here-document with tabs", "a <<-'EOF'\n\tc\n\tEOF\ne", [["a"], ["e"]]],
    ["groups", "( a ); { b; }", [["a"], ["b"]]],
    ["a command's output, as it is written", 'a $(b "$(c)" d)e `f`', [["a", '$(b "$(c)" d)e', "`f`"]]],
  ])("%s", (_, text, expected) => {
    expect(words(text)).toEqual(expected);
  });

  it.each([
    ["set before", "A=1\nb $A", "1", true],
    ["exported", "export A=1 B=2; b ${B}", "2", true],
    ["in double quotes", 'A="x y"; b "$A-$A"', "x y-x y", true],
    ["of another variable", "A=1; B=$A-2; b $B", "1-2", true],
    ["with a default", "b ${A:-3}", "3", true],
    ["not set", "b $A", "$A", false],
    ["of a command's output", "A=$(date); b $A", "$(date)", false],
    ["for one command only", "A=1 c; b $A", "$A", false],
    ["in single quotes", "A=1; b '$A'", "$A", true],
    ["in a form that is not followed", "A=xy; b ${A%y}", "${A%y}", false],
  ])("a variable %s", (_, text, expected, known) => {
    expect(last(text)).toMatchObject({ text: expected, known });
  });

  it("says where each word stands, over lines that go on and quotes with lines in them", () => {
    const places = read("a \\\n  b 'x\ny' c\nd").flatMap((command) => command.words.map(({ at }) => at));
    expect(places.map(({ line, column }) => [line, column])).toEqual([
      [10, 1],
      [11, 3],
      [11, 5],
      [12, 4],
      [13, 1],
    ]);
  });

  it("keeps variables from one text to the next", () => {
    const state = newShell();
    readShell("export TAG=1", START, state);
    expect(readShell("b $TAG", START, state)[0]?.words[1]?.text).toBe("1");
  });

  it("takes no more memory and time than its text is worth", () => {
    const bomb = `A=xxxxxxxx\n${"A=$A$A$A$A\n".repeat(200)}${"b $A$A\n".repeat(50_000)}`;
    const started = performance.now();
    const length = read(bomb).reduce((sum, { words: each }) => sum + (each[1]?.text.length ?? 0), 0);
    expect(length).toBeLessThan(8_000_000);
    for (const text of [
      "$(".repeat(200_000),
      "${".repeat(200_000),
      '"$('.repeat(100_000),
      "<<a ".repeat(100_000),
    ])
      read(text);
    expect(performance.now() - started).toBeLessThan(60_000);
  }, 90_000);

  it("is read whatever it is", () => {
    const piece = constantFrom(
      "a",
      " ",
      "\n",
      "'",
      '"',
      "$",
      "(",
      ")",
      "{",
      "}",
      "\\",
      "<<",
      ">",
      "#",
      "=",
      "`",
      "A",
    );
    assert(
      property(array(piece, { maxLength: 60 }), (pieces) => {
        for (const { words: each } of read(pieces.join("")))
          for (const { at } of each) expect(at.column).toBeGreaterThan(0);
      }),
      { numRuns: 2000 },
    );
  });
});

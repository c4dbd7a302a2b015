import { describe, expect, it } from "vitest";
import { compareText, describeDifference } from "../../../src/core/phases/documents/compare-text.ts";
import { lookOf } from "../../../src/core/phases/documents/look-alike.ts";

const NOTE = "Foundational images must be reproducible (hash-locked), with `tini`\nand ≥40% smaller.";

describe("two texts", () => {
  it("are the same where only their lines are broken differently", () => {
    expect(compareText(NOTE, NOTE.replaceAll(" ", "  \n"))).toBeUndefined();
  });

  it.each([
    ["а letter of another alphabet", "e reproducible", "е reproducible", '"е" (U+0435, Cyrillic)'],
    ["a Greek one", "Foundational", "Fοundational", '"ο" (U+03BF, Greek)'],
    ["a wide one", "tini", "ｔini", '"ｔ" (U+FF54)'],
    ["a blank that does not break", "images must", "images\u00a0must", "(U+00A0)"],
    ["something invisible", "images must", "images\u200b must", "an invisible character (U+200B)"],
    ["another dash", "hash-locked", "hash–locked", '"–" (U+2013)'],
  ])("that differ by %s look the same, and the place is named", (_, from, to, named) => {
    const found = NOTE.replace(from, to);
    const difference = compareText(NOTE, found);
    expect(difference).toMatchObject({ looksSame: true });
    expect(difference && describeDifference(difference)).toContain(named);
  });

  it("that differ in words do not look the same", () => {
    const difference = compareText(NOTE, NOTE.replace("must be", "should be"));
    expect(difference).toMatchObject({ looksSame: false, line: 1, column: 21, expected: "m", found: "s" });
    expect(difference?.after).toBe("Foundational images");
  });

  it("are told apart on the line where it is", () => {
    expect(compareText(NOTE, NOTE.replace("40%", "30%"))).toMatchObject({ line: 2, column: 6, found: "3" });
  });

  it.each([
    ["is shorter", NOTE.slice(0, 20), "it ends"],
    ["goes on", `${NOTE} More.`, "it goes on"],
    ["is empty", "", 'it ends at its beginning, where "F" (U+0046) is expected'],
  ])("are told apart where one %s", (_, found, message) => {
    const difference = compareText(NOTE, found);
    expect(difference && describeDifference(difference)).toContain(message);
  });

  it("are not cut within a character", () => {
    expect(compareText("a 😀", "a 😁")).toMatchObject({ expected: "😀", found: "😁", column: 3 });
  });
});

describe("the look of a text", () => {
  it("is its own where the letters are (canary)", () => {
    expect(lookOf("a\u0301 naïve, 你好")).toBe("á naïve, 你好");
  });

  it("is one for what is drawn alike", () => {
    expect(lookOf("Ｄ\u200dеcision: “аpproved”")).toBe('Decision: "approved"');
  });
});

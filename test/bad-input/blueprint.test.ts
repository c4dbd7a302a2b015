import { describe, expect, it } from "vitest";
import { expectKnown } from "./expect-known.ts";
import { blueprintOf, diskFleet } from "./on-disk.ts";

const HEAD = "version: 1\nfleet: bad\nregistry: local/bad\n";
const file = "lapstrake.yaml";

describe("a blueprint that cannot be read exits 2 with the place", () => {
  it.each<[string, string | Uint8Array, string, number]>([
    ["a list that is not closed", `${HEAD}images: [a, b\n`, "BLUEPRINT_YAML", 5],
    ["a tab as indentation", `${HEAD}images:\n\tbase: {}\n`, "BLUEPRINT_YAML", 5],
    ["a quote that is not closed", `${HEAD}roots: { a: { image: "x }\n`, "BLUEPRINT_YAML", 5],
    ["two documents", `${HEAD}---\n${HEAD}`, "BLUEPRINT_YAML", 4],
    ["an unknown key", `${HEAD}imags: {}\n`, "BLUEPRINT_UNKNOWN_KEY", 4],
    ["an unknown key of an image", `${HEAD}images:\n  a: { dockerfil: x }\n`, "BLUEPRINT_UNKNOWN_KEY", 5],
    ["an empty file", "", "BLUEPRINT_MISSING", 1],
    ["a list at the top", "- a\n", "BLUEPRINT_VALUE", 1],
    ["a text at the top", "hello\n", "BLUEPRINT_VALUE", 1],
    [
      "an image twice",
      `${HEAD}images:\n  a: { dockerfile: x }\n  a: { dockerfile: y }\n`,
      "BLUEPRINT_DUPLICATE",
      6,
    ],
    ["a number for a text", `${HEAD}images:\n  a: { dockerfile: 3 }\n`, "BLUEPRINT_VALUE", 5],
    ["nothing for an image", `${HEAD}images:\n  a:\n`, "BLUEPRINT_VALUE", 5],
    ["an alias bomb", aliasBomb(), "BLUEPRINT_TOO_BIG", 1],
    ["depth without end", `${HEAD}images: ${"[".repeat(5000)}\n`, "BLUEPRINT_TOO_BIG", 4],
    ["an alias of itself", `${HEAD}images: &a [*a]\n`, "BLUEPRINT_TOO_BIG", 4],
    ["bytes that are no text", Uint8Array.of(0xff, 0xfe, 0x00, 0x9f, 0x0a), "BLUEPRINT_YAML", 1],
    ["a version of tomorrow", "version: 2\nfleet: bad\nregistry: local/bad\n", "BLUEPRINT_VALUE", 1],
    ["a context outside", `${HEAD}images:\n  a: { dockerfile: x, context: ../.. }\n`, "BLUEPRINT_VALUE", 5],
  ])("%s", async (_, text, code, line) => {
    const fleet = diskFleet({ [file]: text });
    const started = performance.now();
    const { problems } = await expectKnown(fleet, ["plan"], { exit: 2, code, at: { file, line } });
    expect(problems.length).toBeLessThanOrEqual(100);
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it("an unknown key has a suggestion", async () => {
    const { problems } = await expectKnown(diskFleet({ [file]: `${HEAD}imags: {}\n` }), ["check"], {
      exit: 2,
      code: "BLUEPRINT_UNKNOWN_KEY",
    });
    expect(problems[0]?.hint).toContain("images");
  });

  it("shows all problems of one file in one run, in its order", async () => {
    const text = `${HEAD}imags: {}\nimages:\n  a: { dockerfile: x, weigth: 2 }\nservises: {}\n`;
    const { problems } = await expectKnown(diskFleet({ [file]: text }), ["plan"], {
      exit: 2,
      code: "BLUEPRINT_UNKNOWN_KEY",
    });
    expect(problems.map(({ at }) => at?.line)).toEqual([4, 6, 7]);
  });

  it("20 MB of it", async () => {
    const fleet = diskFleet({ [file]: `${HEAD}#${"x".repeat(20 << 20)}\n` });
    const { problems } = await expectKnown(fleet, ["plan"], { exit: 2, code: "TREE_TOO_BIG" });
    expect(problems).toHaveLength(1);
  });
});

describe("a blueprint that is not there", () => {
  it("in a folder without one", async () => {
    const { problems } = await expectKnown(diskFleet({}), ["plan"], { exit: 2, code: "NO_BLUEPRINT" });
    expect(problems[0]?.hint).toContain("--blueprint");
  });

  it("that is a folder", async () => {
    const fleet = diskFleet({ "lapstrake.yaml/x": "" });
    const { problems } = await expectKnown(fleet, ["plan"], { exit: 2, code: "NO_BLUEPRINT" });
    expect(problems).toHaveLength(1);
  });
});

describe("a lock file that cannot be used", () => {
  it.each([
    ["that was edited to nonsense", "version: 1\nroots: 3\n"],
    ["with a conflict that git left", "<<<<<<< HEAD\nversion: 1\n"],
    ["that is empty", ""],
  ])("%s", async (_, lock) => {
    const fleet = diskFleet({ [file]: blueprintOf(["base"]), "lapstrake.lock": lock });
    const { problems } = await expectKnown(fleet, ["plan"], { exit: 2, code: "LOCK_INVALID" });
    expect(problems[0]?.at?.file).toBe("lapstrake.lock");
  });
});

function aliasBomb(): string {
  const levels = Array.from({ length: 12 }, (_, level) => {
    const item = level === 0 ? "x" : `*a${level - 1}`;
    return `a${level}: &a${level} [${Array.from({ length: 10 }, () => item).join(", ")}]\n`;
  });
  return levels.join("");
}

import { assert, boolean, constant, integer, nat, oneof, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import type { ProgressEvent } from "../../src/core/base/build-event.ts";
import { renderFailures } from "../../src/views/render/progress-failures.ts";
import { columnsOf, withoutColour } from "../../src/views/render/progress-text.ts";
import { renderTree } from "../../src/views/render/progress-tree.ts";
import { digest, FAILURE, FLEET, RUN, stateAfter } from "./run-events.ts";

const view = { width: 72, height: 24, now: 8000, colour: false };

describe("the tree of images", () => {
  it("shows each image below its parent with what is done to it", () => {
    expect(renderTree(stateAfter(RUN), view).join("\n")).toBe(
      [
        "= base-python    reused  01e1d8ac3c0e",
        "▲ base-utils     pushing  pushing layers                            6.0s",
        "·   family-web   queued",
        "·     service-a  queued",
        "1/4  1 pushing, 2 queued, 1 reused  8.0s",
      ]
        .join("\n")
        .replace("01e1d8ac3c0e", digest.slice(7, 19)),
    );
  });

  it("shows why an image failed, was blocked or is unavailable", () => {
    const why = "no Python 3.10 here";
    const events: ProgressEvent[] = [
      ...RUN,
      ...FAILURE,
      { type: "image-unavailable", image: "base-python", why },
    ];
    expect(renderTree(stateAfter(events), { ...view, width: 60 }).join("\n")).toBe(
      [
        "? base-python    unavailable: no Python 3.10 here",
        '✗ base-utils     failed: process "make" did not comple… 5.0s',
        "⊘   family-web   blocked by base-utils",
        "⊘     service-a  blocked by base-utils",
        "4/4  1 failed, 2 blocked, 1 unavailable  10s",
      ].join("\n"),
    );
  });

  it("tells bytes and sizes", () => {
    const load = { image: "base-utils", id: "v", step: "[internal] load build context" };
    const events: ProgressEvent[] = [
      { type: "run-started", images: FLEET },
      { type: "image-started", image: "base-utils" },
      { type: "step-started", ...load, kind: "load" },
      { type: "transfer", ...load, what: "transferring context:", current: 12_345_678, total: 99_000_000 },
      { type: "image-started", image: "base-python" },
      { type: "image-built", image: "base-python", digest, ms: 1000, bytes: 225_000_000 },
    ];
    const text = renderTree(stateAfter(events), view).join("\n");
    expect(text).toContain("12.3 MB / 99.0 MB  [internal] load build context");
    expect(text).toContain("225 MB");
  });

  it("has no escape without colour, and the same columns with it", () => {
    const plain = renderTree(stateAfter(RUN), view);
    const coloured = renderTree(stateAfter(RUN), { ...view, colour: true });
    expect(plain.join("")).not.toContain("\u001b");
    expect(coloured.join("")).toContain("\u001b[32m");
    expect(coloured.map((line) => withoutColour(line).trimEnd())).toEqual(plain);
  });

  it("on a small terminal keeps what happens and counts the rest", () => {
    const images = Array.from({ length: 74 }, (_, i) => ({
      name: `image-${i}`,
      parent: undefined,
      level: 0,
    }));
    const events: ProgressEvent[] = [
      { type: "run-started", images },
      ...images.slice(0, 60).map((image) => ({ type: "image-reused", image: image.name, digest }) as const),
      { type: "image-started", image: "image-70" },
      {
        type: "image-failed",
        image: "image-65",
        ms: 1,
        failure: { reason: "x", message: "bad", logTail: [] },
      },
    ];
    const lines = renderTree(stateAfter(events), { ...view, height: 6 });
    expect(lines.map((line) => line.replaceAll(/\s+/g, " ").trim())).toEqual([
      "· image-60 queued",
      "✗ image-65 failed: bad",
      "● image-70 starting 0.0s",
      "… 71 more: 11 queued, 60 reused",
      "61/74 1 building, 1 failed, 12 queued, 60 reused 8.0s",
    ]);
  });

  it("never exceeds the terminal, whatever its size and the text", () => {
    const text = oneof(string(), constant("漢字かな交じり文👍👍👍"), constant("e\u0301".repeat(30)));
    assert(
      property(nat(120), integer({ min: 1, max: 30 }), text, boolean(), (width, height, step, colour) => {
        const name = step === "" ? "x" : step;
        const events: ProgressEvent[] = [
          ...RUN,
          { type: "step-started", image: "base-utils", id: "w", step, kind: "run" },
          { type: "image-started", image: name },
        ];
        const lines = renderTree(stateAfter(events), { width, height, now: 5_000_000, colour });
        expect(lines.length).toBeLessThanOrEqual(Math.max(1, height - 1));
        for (const line of lines) {
          expect(columnsOf(withoutColour(line))).toBeLessThanOrEqual(width);
        }
      }),
    );
  });
});

describe("the state behind the tree", () => {
  it("takes images that nobody announced, lost parents and cycles", () => {
    const images = [
      { name: "a", parent: "b", level: 0 },
      { name: "b", parent: "a", level: 0 },
      { name: "c", parent: "elsewhere", level: 5 },
    ];
    const state = stateAfter([
      { type: "run-started", images },
      { type: "image-started", image: "new" },
    ]);
    expect([...state.images.values()].map((image) => [image.name, image.level])).toEqual([
      ["c", 0],
      ["a", 0],
      ["b", 0],
      ["new", 0],
    ]);
  });

  it("is not changed by later events", () => {
    const before = stateAfter(RUN);
    const text = renderTree(before, view);
    stateAfter([...RUN, ...FAILURE]);
    expect(renderTree(before, view)).toEqual(text);
  });
});

describe("the failures at the end", () => {
  it("are told once each, with the line of the Dockerfile and the last words", () => {
    expect(renderFailures(stateAfter([...RUN, ...FAILURE]), { colour: false })).toEqual([
      "",
      "✗ base-utils failed: step-failed",
      "  docker/base-utils/Dockerfile:7: RUN make",
      "    | cc -c a.c",
      "    | a.c:1: error: no",
      '  process "make" did not complete successfully: exit code: 2',
      "",
      "⊘ blocked by base-utils: family-web, service-a",
    ]);
  });

  it("are nothing where all went well", () => {
    expect(renderFailures(stateAfter(RUN), { colour: true })).toEqual([]);
  });
});

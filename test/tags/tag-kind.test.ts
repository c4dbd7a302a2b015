import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BlueprintError } from "../../src/core/blueprint/error.ts";
import { parseBlueprint } from "../../src/core/blueprint/parse.ts";
import { previousTag } from "../../src/core/blueprint/tag-form.ts";
import { isGuarded, tagJudge } from "../../src/core/blueprint/tag-kind.ts";
import { channelFindings } from "../../src/core/policy/channel-findings.ts";

const judge = tagJudge({ scheme: "{date}-{sha}", channels: ["stable", "canary"] });
const HEX = "0123456789abcdef".repeat(4);

describe("the kind of a tag", () => {
  it.each([
    ["20260304-0123456", "release", true],
    ["20260304-0123456-dirty-01234567", "release", true],
    ["20260304-0123456-prev", "previous", true],
    ["20260304-0123456-dirty-01234567-prev", "previous", true],
    [`in-${HEX}`, "content", true],
    ["stable", "channel", false],
    ["canary-prev", "channel-previous", false],
    ["build-cache", "cache", false],
    ["unproven", "unproven", false],
    [`sha256-${HEX}`, "referrers", false],
    [`sha256-${HEX}.sig`, "referrers", false],
    // Those that were seen in the guide's own registry.
    ["20250812-latest", "outside", false],
    ["latest", "outside", false],
    ["20240815", "outside", false],
    ["3.11-slim", "outside", false],
    // Almost.
    ["20260304-012345", "outside", false],
    ["20260304-0123456-prev-prev", "outside", false],
    ["latest-prev", "outside", false],
    [`in-${HEX.slice(1)}`, "outside", false],
    ["20260304-0123456-01234567", "outside", false],
    ["toString", "outside", false],
  ])("%s is %s", (tag, kind, guarded) => {
    expect(judge(tag)).toBe(kind);
    expect(isGuarded(judge(tag))).toBe(guarded);
  });

  it("of a record is one only where records are", () => {
    expect(judge("20260304-0123456", "records")).toBe("record");
    expect(judge("20260304-0123456-01234567", "records")).toBe("record");
    expect(judge("20260304-0123456-dirty-01234567-89abcdef", "records")).toBe("record");
    expect(judge("nightly", "records")).toBe("outside");
  });

  it("follows the blueprint's own scheme", () => {
    const other = tagJudge({ scheme: "v{sha}.{date}", channels: [] });
    expect(other("v0123456.20260304")).toBe("release");
    expect(other("v0123456x20260304")).toBe("outside");
    expect(other("20260304-0123456")).toBe("outside");
  });

  it("never calls a promise mutable, whatever channels are declared", () => {
    const promise = fc
      .tuple(fc.stringMatching(/^[0-9]{8}$/), fc.stringMatching(/^[0-9a-f]{7,40}$/), fc.boolean())
      .map(([date, sha, isPrevious]) => (isPrevious ? previousTag(`${date}-${sha}`) : `${date}-${sha}`));
    fc.assert(
      fc.property(promise, (tag) => {
        const declared = tagJudge({ scheme: "{date}-{sha}", channels: [tag, tag.replace(/-prev$/, "")] });
        expect(isGuarded(declared(tag))).toBe(true);
      }),
    );
  });
});

describe("channels of a blueprint", () => {
  const blueprint = (channels: string, tag = "{date}-{sha}") =>
    parseBlueprint(
      `version: 1\nfleet: f\nregistry: r.example/f\ntag: "${tag}"\nchannels: ${channels}\n`,
      "lapstrake.yaml",
    );

  it("are none by default, and in the order of the file", () => {
    expect(parseBlueprint("version: 1\nfleet: f\nregistry: r.example/f\n", "f").channels).toEqual([]);
    expect(blueprint("[stable, canary]").channels).toEqual(["stable", "canary"]);
  });

  it.each([
    "[stable-prev]",
    "[build-cache]",
    "[unproven]",
    "[Stable]",
    "[1a]",
    "[a, a]",
    '[""]',
    "[a/b]",
    "stable",
  ])("refuses %s", (channels) => {
    expect(() => blueprint(channels)).toThrow(BlueprintError);
  });

  it("are an error where the scheme matches them, and only there", () => {
    expect(channelFindings(blueprint("[stable, deadbeef]", "{sha}"))).toMatchObject([
      { rule: "channel-guarded", level: "error", at: { file: "lapstrake.yaml", line: 5, column: 20 } },
    ]);
    expect(channelFindings(blueprint("[stable, deadbeef]"))).toEqual([]);
  });
});

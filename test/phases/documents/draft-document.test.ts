import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { draftDocument } from "../../../src/core/phases/documents/draft-document.ts";
import { DocumentError } from "../../../src/core/phases/documents/error.ts";
import { inPlace, writeIn } from "./filled.ts";
import { SampleLedger, subject } from "./sample.ts";

const PLACE = /^_To be written by a person: .*_$/m;

describe("a draft", () => {
  it("of a post-review has its parts in order, with the note as it is written", () => {
    const { text, moved } = draftDocument(subject());
    expect(moved).toEqual([]);
    expect(text.match(/^#+ .*$/gm)).toEqual([
      "# Phase 1 Post-Review - harbour_20261101",
      "## IMPORTANT NOTE",
      "## Evidence",
      "## Deliverables",
      "## Gaps",
      "## Risks and mitigations",
      "## Review",
      "## Acceptance",
      "## Decision",
    ]);
    expect(text).toContain(
      "> Bases must be reproducible (hash-locked), non-root with `tini`,\n> and ≥40% smaller | correctly tagged.\n",
    );
    expect(text).toContain('- [x] "reproducible (hash-locked)": proven by locks-verified, sizes');
    expect(text).toContain("None: every rule holds");
    expect(text.match(new RegExp(PLACE, "gm"))).toHaveLength(3);
  });

  it("of a pre-analysis says how each constraint will be proven, and what must be done before", () => {
    const { text } = draftDocument(subject(new SampleLedger(), { kind: "preanalysis" }));
    expect(text).toContain(
      '| "only *strictly* required" | audit | - | `lapstrake phase collect 2 --rule audit` |',
    );
    expect(text).toContain("- Phase 1 is done: Build the bases (`lapstrake phase show 1`)");
    expect(text).toContain("| R2 | a base that ends |");
    expect(text).toContain("`lapstrake phase draft 1` writes it anew");
  });

  it("cites evidence by number and hash, and the digests that it was made of", () => {
    const ledger = new SampleLedger();
    const { text } = draftDocument(subject(ledger));
    const [first] = ledger.entries;
    expect(text).toContain(`| locks-verified | - | holds | locks-verified was seen | 1 \`${first?.hash}\` |`);
    expect(text).toMatch(/^\| locks-verified \| - \| lock \\\| all \| `sha256:[0-9a-f]{64}` \|$/m);
  });

  it("names each gap with its reason and the command that closes it", () => {
    const outcomes = {
      sizes: { verdict: "stale", reason: "web is another image now" },
      "runs-as-user@barge": { verdict: "missing", reason: "never collected" },
      inventory: { verdict: "not-provable", reason: "needs `lapstrake scan`" },
    } as const;
    const { text } = draftDocument(subject(new SampleLedger(), { outcomes }));
    expect(text).toContain(
      "- `sizes`: stale: web is another image now. Run `lapstrake phase collect 1 --rule sizes`",
    );
    expect(text).toContain("- `runs-as-user@barge`: missing: never collected.");
    expect(text).toContain("- `inventory`: not yet provable: needs `lapstrake scan`.");
    expect(text).toContain('- [ ] "non-root with `tini`": to be proven by runs-as-user@crane');
  });

  it("is the same bytes for the same state, and drafting it again changes nothing", () => {
    const { text } = draftDocument(subject());
    expect(draftDocument(subject()).text).toBe(text);
    expect(draftDocument(subject(), text)).toEqual({ text, moved: [] });
  });
});

describe("drafting again", () => {
  const first = draftDocument(subject()).text;
  const outcomes = { sizes: { verdict: "fails", reason: "too big" } } as const;
  const again = (text: string | Uint8Array) => draftDocument(subject(new SampleLedger(), { outcomes }), text);

  it("keeps what people wrote in its place and renews the rest", () => {
    const words = "We looked at the layers.\n\n- one\n- two\n\n```\ncode\n```";
    const { text, moved } = again(writeIn(first, "review", words));
    expect(moved).toEqual([]);
    expect(inPlace(text, "review")).toBe(words);
    expect(text).toContain("- `sizes`: fails: too big.");
  });

  it("finds the places where sections were moved", () => {
    const written = writeIn(first, "decision", "Decision: approved\n\nBecause it is all there.");
    const [head = "", ...sections] = written.split(/(?=^## )/m);
    const { text, moved } = again([head, ...sections.toReversed()].join(""));
    expect(moved).toEqual([]);
    expect(inPlace(text, "decision")).toBe("Decision: approved\n\nBecause it is all there.");
    expect(text.indexOf("## Decision")).toBeGreaterThan(text.indexOf("## Gaps"));
  });

  it("keeps ticks with their text, whatever their number", () => {
    const ticked = first.replace("- [ ] D2: a lock", "- [x] D2: a lock");
    expect(again(ticked).text).toContain("- [ ] D1: nine images in the registry\n- [x] D2: a lock for each");
    const renumbered = first.replace("- [ ] D2: a lock", "* [X] D7: a lock");
    expect(again(renumbered).text).toContain("- [x] D2: a lock for each of them");
  });

  it("moves words that stand beside the places to the end, and says so", () => {
    const written = first
      .replace("## Gaps\n", "## Gaps\n\nNobody minds these.\n")
      .replace("# Phase 1", "# Our Phase 1");
    const { text, moved } = again(written);
    expect(moved.map(({ from, lines }) => [from, lines.filter((line) => line !== "")])).toEqual([
      ["Our Phase 1 Post-Review - harbour_20261101", ["# Our Phase 1 Post-Review - harbour_20261101"]],
      ["Gaps", ["Nobody minds these.", "None: every rule holds, and each constraint of the note has one."]],
    ]);
    expect(inPlace(text, "kept")).toContain("Nobody minds these.");
    expect(text).toContain("## Kept from earlier drafts\n");
    expect(again(text)).toEqual({ text, moved: [] });
  });

  it("takes a place that was renamed, or is there twice, to the end", () => {
    const renamed = writeIn(first, "review", "First words.").replace("human: review", "human: mine");
    expect(inPlace(again(renamed).text, "kept")).toContain("First words.");
    const twice = `${writeIn(first, "review", "First words.")}\n<!-- human: review -->\nSecond words.\n<!-- /human -->\n`;
    expect(inPlace(again(twice).text, "review")).toBe("First words.");
    expect(inPlace(again(twice).text, "kept")).toContain("Second words.");
  });

  it("ends a place that nobody closed at the next heading of the document", () => {
    const open = writeIn(first, "review", "My words.").replace(/My words\.\n\n<!-- \/human -->/, "My words.");
    const { text, moved } = again(open);
    expect(inPlace(text, "review")).toBe("My words.");
    expect(moved).toEqual([]);
    expect(inPlace(text, "decision")).toMatch(PLACE);
  });

  it("takes a code block that nobody closed for what it is: a person's text", () => {
    const { text } = again(writeIn(first, "risks", "```\nnever closed"));
    expect(inPlace(text, "risks")).toBe("```\nnever closed");
    expect(inPlace(text, "review")).toMatch(PLACE);
  });

  it("puts a document of somebody's own at the end as a whole", () => {
    const { text, moved } = again("# Notes\r\n\r\nAll is well.\r\n");
    expect(moved).toMatchObject([{ from: "Notes", line: 1, lines: ["# Notes", "", "All is well."] }]);
    expect(inPlace(text, "kept")).toBe('From "Notes":\n\n# Notes\n\nAll is well.');
  });

  it("refuses to write over what it cannot read", () => {
    for (const bytes of [new Uint8Array([0xff]), "a".repeat(30_000)]) {
      expect(() => again(bytes)).toThrow(DocumentError);
    }
  });

  it("loses no word, whatever was done to the document", () => {
    const word = fc.integer({ min: 0, max: 1e6 }).map((number) => `word${number}`);
    const piece = fc.oneof(
      { weight: 3, arbitrary: word },
      fc.constantFrom(...first.split("\n").filter((line) => line.startsWith("<!--") || line.startsWith("#"))),
      fc.constantFrom("```", "<!--", "-->", "> ", "", "## Mine", "| a |", "- [x] D1: mine", "---"),
    );
    const edit = fc.record({ at: fc.nat(1000), drop: fc.nat(3), insert: fc.array(piece, { maxLength: 4 }) });
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 8 }), (edits) => {
        const lines = first.split("\n");
        for (const { at, drop, insert } of edits) lines.splice(at % lines.length, drop, ...insert);
        const written = lines.join("\n");
        const { text } = again(written);
        for (const each of written.match(/word\d+/g) ?? []) expect(text).toContain(each);
        expect(again(text).text).toBe(text);
      }),
      { numRuns: 300 },
    );
  });
});

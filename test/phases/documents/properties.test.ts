import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { draftDocument } from "../../../src/core/phases/documents/draft-document.ts";
import { parseMarker } from "../../../src/core/phases/documents/markers.ts";
import type { VerifyContext } from "../../../src/core/phases/documents/verification.ts";
import { verifyDocument } from "../../../src/core/phases/documents/verify-document.ts";
import { filled } from "./filled.ts";
import { PHASE_1, PLAN, provenPhase, SampleLedger, subject } from "./sample.ts";

/** Pieces that mean something in Markdown: plans, reasons and names of inputs come from people and programs. */
const piece = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom("images", "locks", "run", "as", "10001:10001", "≥40%", "tini", "sha256:abc"),
  },
  fc.constantFrom(
    "|",
    "\\",
    "`",
    "``",
    "<b>",
    "<!--",
    "-->",
    "*",
    "_",
    "[x]",
    "[a]: b",
    "#",
    ">",
    "- ",
    "1. ",
    "~~",
  ),
  fc.constantFrom(
    "\n",
    "\r\n",
    "\n\n",
    "\t",
    "\u00a0",
    "\u200b",
    "\u202e",
    "\u2028",
    "\ufeff",
    "\u0000",
    "\ud800",
    "&amp;",
  ),
  fc.string({ unit: "binary", maxLength: 4 }),
);
const text = fc.array(piece, { minLength: 1, maxLength: 12 }).map((pieces) => `a ${pieces.join(" ")} z`);
const verdict = fc.constantFrom("holds", "fails", "unknown", "missing", "stale", "not-provable");
const outcome = fc.record({ verdict, reason: text, inputs: fc.uniqueArray(text, { maxLength: 3 }) });
const RULES = ["locks-verified", "runs-as-user@crane", "runs-as-user@barge", "sizes", "inventory"];

/** A phase of whatever words and outcomes. */
const words = fc.record({
  note: text,
  title: text,
  quotes: fc.tuple(text, text, text),
  deliverables: fc.uniqueArray(text, { maxLength: 3 }),
  mitigation: text,
  outcomes: fc.tuple(...RULES.map(() => outcome)),
  kind: fc.constantFrom("postreview" as const, "preanalysis" as const),
});

type Words = typeof words extends fc.Arbitrary<infer Value> ? Value : never;

function phaseOf({ note, title, quotes, deliverables, mitigation, outcomes, kind }: Words): VerifyContext {
  const constraints = PHASE_1.constraints.map((each, index) => ({ ...each, quote: quotes[index] ?? "" }));
  const phase = { ...PHASE_1, note, title, deliverables, constraints };
  const plan = {
    ...PLAN,
    phases: [phase, ...PLAN.phases.slice(1)],
    risks: PLAN.risks.map((risk) => ({ ...risk, mitigation })),
  };
  const ledger = new SampleLedger();
  const byRule = Object.fromEntries(RULES.map((rule, index) => [rule, outcomes[index] ?? {}]));
  const subject = { plan, kind, state: provenPhase(phase, ledger, byRule) };
  return { subject, entry: ledger.entry, others: [] };
}

/** As it lies on the disk: what cannot be written as UTF-8 does not come back. */
function stored(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

describe("of whatever plan and evidence", { timeout: 60_000 }, () => {
  it("a draft lacks nothing but what people have to write", () => {
    fc.assert(
      fc.property(words, (parts) => {
        const context = phaseOf(parts);
        const draft = draftDocument(context.subject).text;
        const findings = verifyDocument(stored(draft), context);
        expect(findings.filter(({ rule }) => rule !== "placeholder")).toEqual([]);
        expect(findings.length).toBeGreaterThan(0);
      }),
      { numRuns: 200 },
    );
  });

  it("a draft that people filled in is without findings", () => {
    fc.assert(
      fc.property(words, (parts) => {
        const context = phaseOf(parts);
        const text = filled(draftDocument(context.subject).text);
        const findings = verifyDocument(stored(text), context);
        // An approval needs each gap to be accepted; that is judged elsewhere.
        expect(findings.filter(({ rule }) => rule !== "decision-gap")).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it("drafting again keeps the bytes", () => {
    fc.assert(
      fc.property(words, (parts) => {
        const { subject } = phaseOf(parts);
        const text = filled(draftDocument(subject).text);
        expect(draftDocument(subject, stored(text))).toEqual({ text, moved: [] });
      }),
      { numRuns: 100 },
    );
  });
});

describe("of a document that was in order", { timeout: 60_000 }, () => {
  const ledger = new SampleLedger();
  const about = subject(ledger, { outcomes: { sizes: { verdict: "fails", reason: "2 GB over" } } });
  const context = { subject: about, entry: ledger.entry, others: [] };
  const text = filled(draftDocument(about).text).replace(
    "Decision: approved",
    "Decision: approved\n\nAccepted gap sizes: there is room for it until spring.",
  );
  const lines = text.split("\n");
  /** Lines that the machine wrote, marks of places included. */
  const machine = lines.flatMap((line, index) => {
    const before = lines.slice(0, index).map((each) => parseMarker(each)?.kind);
    const isPerson =
      before.lastIndexOf("open") > before.lastIndexOf("close") && parseMarker(line) === undefined;
    return line === "" || isPerson ? [] : [index];
  });

  it("is in order (canary)", () => {
    expect(verifyDocument(text, context)).toEqual([]);
    expect(machine.length).toBeGreaterThan(50);
  });

  it.each(machine)("line %i cannot be left out or written twice unseen", (index) => {
    const line = lines[index] ?? "";
    for (const changed of [lines.toSpliced(index, 1), lines.toSpliced(index, 0, line)]) {
      // A quote that is said twice in one block is another quote; a table's second rule of dashes is a row.
      expect(verifyDocument(changed.join("\n"), context)).not.toEqual([]);
    }
  });

  it("no character of the machine's can be another one unseen", () => {
    const other = fc.constantFrom(...Array.from("aZ0.,:-|`#<>[]xа–"));
    fc.assert(
      fc.property(fc.constantFrom(...machine), fc.nat(), other, (index, at, character) => {
        const line = lines[index] ?? "";
        const place = at % line.length;
        const old = line[place] ?? "";
        // A formatter's freedom: blanks, the rule under a table's head, boxes of deliverables, which are people's.
        fc.pre(old !== character && old !== " " && !line.startsWith("| --- ") && !/^- \[.\] D\d/.test(line));
        const changed = lines.with(index, line.slice(0, place) + character + line.slice(place + 1));
        expect(verifyDocument(changed.join("\n"), context)).not.toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it("sections and lines cannot change places unseen", () => {
    const rows = machine.filter((index) => /^\| (?!---|Constraint|Rule|Risk)/.test(lines[index] ?? ""));
    fc.assert(
      fc.property(fc.constantFrom(...rows), fc.constantFrom(...lines.keys()), (from, to) => {
        fc.pre(!rows.includes(to) && Math.abs(from - to) > 1);
        const moved = lines.toSpliced(from, 1);
        moved.splice(to, 0, lines[from] ?? "");
        fc.pre(moved.join("\n") !== text);
        const findings = verifyDocument(moved.join("\n"), context);
        // A row in a place for people is a person's words there, and missing where it was.
        expect(findings).not.toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it("whatever is done to it gets a verdict, with lines that are its own", () => {
    const junk = fc.oneof(
      fc.constantFrom(
        ...lines,
        "```",
        "<!--",
        "-->",
        "<div>",
        "| a |",
        "- [ ] D9: x",
        "[a]: b",
        "Decision: no",
      ),
      fc.string({ unit: "binary", maxLength: 20 }),
      fc.constantFrom(">", "- ", "#", "|", "<!-- human: x -->", "`", "[").map((each) => each.repeat(300)),
    );
    const edit = fc.record({ at: fc.nat(), drop: fc.nat(30), insert: fc.array(junk, { maxLength: 6 }) });
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 6 }), (edits) => {
        const changed = [...lines];
        for (const { at, drop, insert } of edits) changed.splice(at % (changed.length + 1), drop, ...insert);
        const source = changed.join("\n");
        const count = source.split(/\r\n|\r|\n/).length;
        const findings = verifyDocument(source, context);
        expect(findings.length).toBeLessThanOrEqual(101);
        for (const { line, message } of findings) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(count);
          expect(message.length).toBeLessThan(1_000);
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ["places", "<!-- human: review -->\n"],
    ["ends of places", "<!-- /human -->\n"],
    ["marks", "<!-- drafted: gaps 0123456789abcdef -->\n"],
    ["headings", "## Gaps\n"],
    ["rows", "| a | b | c | d | e | f |\n"],
    ["words", "word word word word word word word word word word word word word word word\n"],
    ["signs", "字\n"],
    ["decisions", "Accepted gap a: b\n"],
    ["brackets", "<a <a <a <a <a <a <a <a <a <a <a <a <a <a <a <a <a <a <a <a <a <a <a\n"],
  ])("as many %s as it can hold cost seconds, not minutes", (_, line) => {
    const many = line.repeat(9_000);
    const began = performance.now();
    for (const source of [
      many,
      text.replace("## Gaps\n", `## Gaps\n\n${many}\n`),
      text.replace("Two of us", `\n${many}\n`),
    ]) {
      const others = [{ path: "other.md", source: many }];
      expect(verifyDocument(source, { ...context, others }).length).toBeLessThan(102);
      draftDocument(about, source);
    }
    expect(performance.now() - began).toBeLessThan(30_000);
  });
});

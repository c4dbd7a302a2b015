import { describe, expect, it } from "vitest";
import { digestOf } from "../../../src/core/base/digest.ts";
import { draftDocument } from "../../../src/core/phases/documents/draft-document.ts";
import type { VerifyContext } from "../../../src/core/phases/documents/verification.ts";
import { verifyDocument } from "../../../src/core/phases/documents/verify-document.ts";
import { filled, inPlace, writeIn } from "./filled.ts";
import { PHASE_2, PLAN, provenPhase, SampleLedger, subject } from "./sample.ts";

/** A document that is as it should be, with the ledger that it stands on. */
function good(options: Parameters<typeof subject>[1] = {}) {
  const ledger = new SampleLedger();
  const about = subject(ledger, options);
  const context: VerifyContext = { subject: about, entry: ledger.entry, others: [] };
  return { ledger, context, text: filled(draftDocument(about).text) };
}

function rulesOf(text: string, context: VerifyContext): readonly string[] {
  return verifyDocument(text, context).map(({ rule }) => rule);
}

describe("a document", () => {
  it.each(["postreview", "preanalysis"] as const)(
    "of a %s that people filled in is without findings",
    (kind) => {
      const { text, context } = good({ kind });
      expect(verifyDocument(text, context)).toEqual([]);
    },
  );

  it.each(["postreview", "preanalysis"] as const)(
    "of a %s as it was drafted has nothing wrong but that nobody wrote",
    (kind) => {
      const { context } = good({ kind });
      const findings = verifyDocument(draftDocument(context.subject).text, context);
      expect(new Set(findings.map(({ rule }) => rule))).toEqual(new Set(["placeholder"]));
      expect(findings).toHaveLength(kind === "postreview" ? 5 : 4);
    },
  );

  it("is the same with a byte order mark and the line ends of Windows", () => {
    const { text, context } = good();
    const windows = new TextEncoder().encode(`\ufeff${text.replaceAll("\n", "\r\n")}`);
    expect(verifyDocument(windows, context)).toEqual([]);
  });

  it("may be laid out anew by a formatter", () => {
    const { text, context } = good();
    const formatted = text
      .replaceAll(/^\| --- .*$/gm, (line) => line.replaceAll("---", ":-----------"))
      .replaceAll(/^\| (?!:)/gm, "|    ")
      .replaceAll(/^- /gm, "* ");
    expect(formatted).not.toBe(text);
    expect(verifyDocument(formatted, context)).toEqual([]);
  });

  it("says of each finding on which line it is", () => {
    const { text, context } = good();
    const lines = text.split("\n");
    const at = lines.findIndex((line) => line.includes("D1: nine images"));
    lines[at] = "- [x] D1: ten images in the registry";
    expect(verifyDocument(lines.join("\n"), context)).toMatchObject([{ rule: "machine-text", line: at + 1 }]);
  });
});

describe("the note", () => {
  it("that is paraphrased is altered", () => {
    const { text, context } = good();
    const findings = verifyDocument(text.replace("must be reproducible", "should be reproducible"), context);
    expect(findings).toMatchObject([{ rule: "note-altered", line: 11 }]);
    expect(findings[0]?.message).toContain(
      'after "Bases", "s" (U+0073) stands where "m" (U+006D) is expected',
    );
  });

  it("with a letter that only looks the same is told by letter and place", () => {
    const { text, context } = good();
    const findings = verifyDocument(text.replace("> and ≥40%", "> аnd ≥40%"), context);
    expect(findings).toMatchObject([{ rule: "note-look-alike", line: 12 }]);
    expect(findings[0]?.message).toContain(
      '"а" (U+0430, Cyrillic) stands where "a" (U+0061) is expected (line 12, column 3)',
    );
  });

  it("that is struck out, or hidden from readers, is not quoted", () => {
    const { text, context } = good();
    expect(rulesOf(text.replace("non-root", "~~non-root~~"), context)).toContain("note-altered");
    const hidden = text.replace(/^> Bases[^]*?tagged\.$/m, (quote) => `<!--\n${quote}\n-->`);
    expect(rulesOf(hidden, context)).toContain("note-missing");
  });

  it("of another phase is told as such", () => {
    const { text, context } = good();
    const note = text.replace(/^> Bases[^]*?tagged\.$/m, `> ${PHASE_2.note}`);
    expect(verifyDocument(note, context)).toMatchObject([{ rule: "note-of-other-phase" }]);
  });
});

describe("evidence", () => {
  const cheat = (change: (text: string) => string, options: Parameters<typeof subject>[1] = {}) => {
    const { text, context } = good(options);
    const changed = change(text);
    expect(changed).not.toBe(text);
    return verifyDocument(changed, context);
  };

  it("with an invented hash is not in the ledger", () => {
    const invented = digestOf("invented");
    const findings = cheat((text) => text.replace(/1 `sha256:[0-9a-f]{64}`/, `1 \`${invented}\``));
    expect(findings).toMatchObject([{ rule: "entry-unknown" }]);
    expect(findings[0]?.message).toContain(invented);
  });

  it("without a hash is no citation", () => {
    expect(cheat((text) => text.replace(/1 `sha256:[0-9a-f]{64}`/, "see the logs"))).toMatchObject([
      { rule: "entry-form" },
    ]);
    expect(cheat((text) => text.replace(/1 `sha256:[0-9a-f]{64}`/, "-"))).toMatchObject([
      { rule: "entry-missing" },
    ]);
  });

  it("of another phase is refused, also with a hash that is right", () => {
    const { text, context, ledger } = good();
    const other = ledger.record({ phase: "2", rule: "locks-verified" });
    const changed = text.replace(/1 `sha256:[0-9a-f]{64}`/, `${other.seq} \`${other.hash}\``);
    expect(rulesOf(changed, context)).toEqual(["entry-phase"]);
  });

  it("of another plan, another rule, another machine or another number is refused", () => {
    const { text, context, ledger } = good();
    const cite = ({ seq, hash }: { seq: number; hash: string }) =>
      rulesOf(text.replace(/1 `sha256:[0-9a-f]{64}`/, `${seq} \`${hash}\``), context);
    expect(cite(ledger.record({ phase: "1", rule: "locks-verified", plan: "older" }))).toEqual([
      "entry-plan",
    ]);
    expect(cite(ledger.record({ phase: "1", rule: "sizes" }))).toEqual(["entry-rule"]);
    expect(cite(ledger.record({ phase: "1", rule: "locks-verified", machine: "crane" }))).toEqual([
      "entry-rule",
    ]);
    expect(cite({ seq: 7, hash: ledger.entries[0]!.hash })).toEqual(["entry-form"]);
    const gate = ledger.recordGate("1");
    expect(cite(gate)).toEqual(["entry-kind"]);
  });

  it("that is older than the newest is stale", () => {
    const ledger = new SampleLedger();
    const before = subject(ledger);
    const text = filled(draftDocument(before).text);
    const now = subject(ledger);
    const findings = verifyDocument(text, { subject: now, entry: ledger.entry, others: [] });
    expect(findings.map(({ rule }) => rule)).toContain("entry-stale");
    expect(findings.find(({ rule }) => rule === "entry-stale")).toMatchObject({
      message: expect.stringContaining("older than the newest evidence of locks-verified, entry 6"),
      hint: "draft it anew: lapstrake phase draft 1",
    });
    expect(findings.every(({ message }) => message.includes("it was so when it was drafted"))).toBe(true);
  });

  it("that no longer holds is told with what happened", () => {
    const ledger = new SampleLedger();
    const before = subject(ledger);
    const text = filled(draftDocument(before).text);
    const turned = before.state.rules.map((state) =>
      state.rule.id === "sizes"
        ? ({ ...state, verdict: "stale", reason: "web is another image" } as const)
        : state,
    );
    const context = {
      subject: { ...before, state: { ...before.state, rules: turned } },
      entry: ledger.entry,
      others: [],
    };
    const findings = verifyDocument(text, context);
    expect(findings.filter(({ rule }) => rule === "outcome")).toHaveLength(2);
    expect(findings.map(({ rule }) => rule)).toEqual(expect.arrayContaining(["gap-missing", "decision-gap"]));
    expect(findings.find(({ rule }) => rule === "outcome")?.message).toContain("web is another image");
  });

  it("that is said to hold where it fails is refused", () => {
    const outcomes = { sizes: { verdict: "fails", reason: "2 GB over" } } as const;
    const findings = cheat((text) => text.replaceAll("| fails | 2 GB over |", "| holds | sizes was seen |"), {
      outcomes,
    });
    expect(findings.map(({ rule }) => rule)).toContain("outcome");
  });

  it("for a constraint cannot be left out", () => {
    const findings = cheat((text) => text.replace(/^\| "≥40%.*\n/m, ""));
    expect(findings).toMatchObject([{ rule: "constraint-unmapped" }]);
    expect(findings[0]?.message).toContain("≥40% smaller | correctly tagged");
    expect(cheat((text) => text.replace(/^\| "reprod.*sizes.*\n/m, ""))).toMatchObject([
      { rule: "row-missing" },
    ]);
    const prepared = cheat((text) => text.replace(/^\| "only.*\n/m, ""), { kind: "preanalysis" });
    expect(prepared).toMatchObject([{ rule: "constraint-unmapped" }]);
  });

  it("has the digests that it was made of", () => {
    const digest = digestOf("lock | all");
    const findings = cheat((text) => text.replace(digest, digestOf("another")));
    expect(findings).toMatchObject([{ rule: "input-digest" }]);
    expect(findings[0]?.message).toContain(digest);
    expect(cheat((text) => text.replace(/^\| sizes \| - \| lock.*\n/m, ""))).toMatchObject([
      { rule: "row-missing" },
    ]);
    expect(cheat((text) => text.replace("| sizes | - | sizes of", "| sizes | - | bytes of"))).toMatchObject([
      { rule: "input-unknown" },
    ]);
  });

  it("is of rules that the phase has, for what they prove", () => {
    expect(
      cheat((text) => text.replace('tini`" | runs-as-user | crane', 'tini`" | looks-fine | crane')),
    ).toMatchObject([{ rule: "rule-unknown" }]);
    const moved = cheat((text) =>
      text.replace(
        '"non-root with `tini`" | runs-as-user | crane',
        '"≥40% smaller \\| correctly tagged" | runs-as-user | crane',
      ),
    );
    expect(moved.map(({ rule }) => rule)).toEqual(["rule-unknown"]);
  });
});

describe("what people write", () => {
  const write = (id: string, words: string, kind: "postreview" | "preanalysis" = "postreview") => {
    const { text, context } = good({ kind });
    return verifyDocument(writeIn(text, id, words), context);
  };

  it.each([
    ["nothing", "", "human-empty"],
    ["a comment that nobody sees", "<!-- All images were looked at by two of us. -->", "human-empty"],
    ["code alone", "```\nall images were looked at by two of us\n```", "human-empty"],
    ["a definition that nobody sees", "[all]: # (images were looked at by us two)", "human-empty"],
    ["a word", "Fine.", "human-short"],
    ["the same word again", "fine fine fine fine fine fine", "human-short"],
    ["what is still to come", "TODO: say what we saw in these images today.", "placeholder"],
    ["a template's brackets", "We did <outline actions> and it went well for all.", "placeholder"],
    [
      "the question itself",
      "To be written by a person: what was learnt, and what it does not show.",
      "placeholder",
    ],
    [
      "the question in letters that look like it",
      "Tо be written by а person: what was learnt.",
      "placeholder",
    ],
    [
      "tags around it",
      "<div hidden>\nWe looked at all of it.\n</div>\n\nWe looked at each image by hand.",
      "raw-html",
    ],
    [
      "words that run backwards",
      "We looked at all of it, and \u202eit was not good\u202c enough.",
      "hidden-character",
    ],
    [
      "what the machine wrote",
      "Bases must be reproducible (hash-locked), non-root with tini.",
      "human-copied",
    ],
  ])("is not %s", (_, words, rule) => {
    expect(write("review", words)).toMatchObject([{ rule }]);
  });

  it.each([
    ["two sentences", "We looked at each image by hand. Nothing surprised us."],
    [
      "a list and a table",
      "- we read each lock\n- and its hashes\n\n| who | when |\n| --- | --- |\n| Ada | Monday |",
    ],
    [
      "headings of its own",
      "### Findings\n\nNothing that the evidence does not show already.\n\n## More\n\nNo.",
    ],
    ["words in backticks", "The tag is `<date>-<sha>`, and `TODO` is a word that we searched for."],
    ["an address", "See <https://example.org/report> for the whole of what we found."],
    ["another language", "私たちは全てのイメージを手で確認しました。"],
  ])("may be %s (canary)", (_, words) => {
    expect(write("review", words)).toEqual([]);
  });

  it("is not said twice in one document", () => {
    const { text, context } = good();
    expect(rulesOf(writeIn(text, "review", inPlace(text, "risks") ?? ""), context)).toEqual(["human-copied"]);
  });

  it("is not a copy of another phase's document, also with its number changed", () => {
    const { text, context } = good();
    const words = "In phase 1 we walked through all nine images and saw nothing that was odd.";
    const other = writeIn(text, "review", words);
    const others = [{ path: "docs/phase1.md", source: other }];
    const copied = writeIn(text, "review", words.replace("phase 1", "phase 2"));
    const findings = verifyDocument(copied, { ...context, others });
    expect(findings.find(({ rule }) => rule === "human-copied")?.message).toContain("docs/phase1.md");
    const own = writeIn(
      text,
      "review",
      "Here other people sat together and found three odd layers in the web image.",
    );
    const left = verifyDocument(own, { ...context, others }).filter(({ message }) =>
      message.includes('"review"'),
    );
    expect(left).toEqual([]);
  });

  it("stays in its place", () => {
    const { text, context } = good();
    expect(rulesOf(text.replace("<!-- human: review -->", ""), context)).toEqual(
      expect.arrayContaining(["human-missing", "marker"]),
    );
    expect(rulesOf(text.replace("human: review", "human: rewiev"), context)).toEqual(
      expect.arrayContaining(["human-missing", "marker"]),
    );
    const swapped = text
      .replace("human: review", "human: x")
      .replace("human: risks", "human: review")
      .replace("human: x", "human: risks");
    expect(rulesOf(swapped, context)).toEqual(["marker", "marker"]);
  });

  it("cites only entries that the ledger has", () => {
    const { text, context, ledger } = good();
    const cite = (hash: string, tick: string) =>
      rulesOf(
        writeIn(text, "review", `Whoever doubts it reads what entry 1 ${tick}${hash}${tick} says.`),
        context,
      );
    for (const tick of ["", "`"]) {
      expect(cite(digestOf("invented"), tick)).toEqual(["entry-unknown"]);
      expect(cite(ledger.entries[0]!.hash, tick)).toEqual([]);
    }
  });

  it("does not pass itself off as the machine's", () => {
    const words = "We ran each image by hand.\n\n## Evidence\n\n| All | hold |\n| --- | --- |\n| yes | yes |";
    expect(write("review", words)).toMatchObject([{ rule: "heading-twice" }]);
  });

  it("does not swallow the rest of the document", () => {
    for (const words of [
      "We looked at it all together.\n\n```\nopen",
      "We looked at it all together.\n\n<!-- open",
    ]) {
      expect(write("review", words).map(({ rule }) => rule)).toContain("marker");
    }
  });
});

describe("a decision", () => {
  const decide = (words: string, options: Parameters<typeof subject>[1] = {}, tick = true) => {
    const { text, context } = good(options);
    const ticked = tick ? text : text.replace("- [x] D2", "- [ ] D2");
    return verifyDocument(writeIn(ticked, "decision", words), context);
  };
  const WHY = "All of it was seen by two people who do not work on it.";
  const gap = { outcomes: { sizes: { verdict: "fails", reason: "2 GB over" } } } as const;

  it.each([
    ["is missing", WHY, "decision-missing"],
    ["is neither", `Decision: approved with remarks\n\n${WHY}`, "decision-unclear"],
    ["only looks like one", `Decision: аpproved\n\n${WHY}`, "decision-unclear"],
    ["contradicts itself", `Decision: approved\n\nDecision: not approved\n\n${WHY}`, "decision-twice"],
    ["is against it", `Decision: not approved\n\n${WHY}`, "decision-against"],
    ["has no reason", "Decision: approved", "human-empty"],
    ["is not sure", `Decision: approved\nConfidence: 85%\n\n${WHY}`, "confidence"],
    ["accepts what is no gap", `Decision: approved\n\n${WHY}\n\nAccepted gap sizes: ${WHY}`, "gap-unknown"],
  ])("that %s is refused", (_, words, rule) => {
    expect(decide(words).map(({ rule }) => rule)).toEqual([rule]);
  });

  it.each([
    "**Decision:** Approved.",
    "`Decision: approved`",
    "- Decision: approved",
    "Decision: approved\nConfidence: 95 %",
  ])("may be written as %s (canary)", (line) => {
    expect(decide(`${line}\n\n${WHY}`)).toEqual([]);
  });

  it("does not approve what is not proven", () => {
    expect(decide(`Decision: approved\n\n${WHY}`, gap)).toMatchObject([
      { rule: "decision-gap", message: expect.stringContaining("sizes is not proven: fails: 2 GB over") },
    ]);
  });

  it("approves a gap that it names and gives a reason for", () => {
    const accept = (why: string) => `Decision: approved\n\n${WHY}\n\nAccepted gap \`sizes\`: ${why}`;
    expect(decide(accept("the registry has room for it until spring."), gap)).toEqual([]);
    expect(decide(accept("fine."), gap).map(({ rule }) => rule)).toEqual(["gap-unreasoned"]);
  });

  it("may accept a deliverable that nobody ticked", () => {
    const words = `Decision: approved\n\n${WHY}`;
    expect(decide(words, {}, false).map(({ rule }) => rule)).toEqual(["placeholder"]);
    expect(decide(`${words}\n\nAccepted gap D2: its lock follows with the next release.`, {}, false)).toEqual(
      [],
    );
  });
});

describe("a hostile document", () => {
  it.each([
    ["a line of one megabyte", "a".repeat(1024 * 1024), ["line-too-long"]],
    ["bytes that are no text", new Uint8Array([0xc3, 0x28]), ["not-utf8"]],
    ["three megabytes", "a\n".repeat(1_500_000), ["too-large"]],
  ])("of %s gets a verdict", (_, source, rules) => {
    const { context } = good();
    expect(verifyDocument(source, context).map(({ rule }) => rule)).toEqual(rules);
  });

  it("of deep nesting in the words of people gets one as well", () => {
    const { text, context } = good();
    const deep = writeIn(text, "review", `Two of us ran every image by hand.\n\n${"> ".repeat(500)}deep`);
    expect(rulesOf(deep, context)).toEqual(["too-deep"]);
  });
});

describe("a document of another kind", () => {
  it("is a stub where its sections are not there", () => {
    const { context } = good();
    expect(rulesOf("", context)).toEqual(["title", "note-missing", "stub"]);
    const stub = "# Phase 1 Post-Review - harbour_20261101\n\nAll done, 100 %.\n";
    expect(rulesOf(stub, context)).toEqual(["note-missing", "stub"]);
  });

  it("is a template with its placeholders left", () => {
    const { context } = good({ kind: "preanalysis" });
    const template = `# Phase 2 Pre-Analysis - harbour_20261101\n\n> ${PHASE_2.note}\n\n## Plan\n\n- <outline actions>\n`;
    expect(verifyDocument(template, context)).toMatchObject([
      { rule: "stub" },
      { rule: "placeholder", line: 7 },
    ]);
  });

  it("of another phase, of the other kind or of another plan is told as such", () => {
    const { context } = good();
    const ledger = new SampleLedger();
    const two = { ...subject(ledger), state: provenPhase(PHASE_2, ledger) };
    const copied = filled(draftDocument(two).text);
    expect(rulesOf(copied, context)).toEqual(
      expect.arrayContaining(["other-phase", "note-of-other-phase", "constraint-unmapped"]),
    );
    const renamed = copied.replace("# Phase 2 Post", "# Phase 1 Post");
    expect(rulesOf(renamed, context)).toContain("note-of-other-phase");
    expect(rulesOf(good({ kind: "preanalysis" }).text, context)).toContain("other-kind");
    expect(rulesOf(good().text.replace(PLAN.id, "harbour_20250101"), context)).toContain("other-plan");
  });

  it("with sections that are missing, twice, unknown or in another order is told by section", () => {
    const { text, context } = good();
    const [head = "", ...sections] = text.split(/(?=^## )/m);
    const of = (change: (sections: string[]) => string[]) =>
      rulesOf([head, ...change(sections)].join(""), context);
    expect(of((all) => all.filter((each) => !each.startsWith("## Gaps")))).toEqual(["heading-missing"]);
    expect(of((all) => [...all, all[3]!])).toContain("heading-twice");
    expect(of((all) => [...all.slice(0, 3), "## Extra\n\n", ...all.slice(3)])).toEqual(["heading-unknown"]);
    expect(of((all) => [all[1]!, all[0]!, ...all.slice(2)])).toEqual(["heading-order"]);
  });

  it("with words beside the places is told where they stand", () => {
    const { text, context } = good();
    const claim = text.replace("## Gaps\n", "## Gaps\n\n100 % of services emitted a startup report.\n");
    expect(rulesOf(claim, context)).toEqual(["machine-text"]);
    expect(rulesOf(`Approved by all.\n\n${text}`, context)).toEqual(["machine-text"]);
  });

  it("keeps what was moved to the end without a finding", () => {
    const { text, context } = good();
    const beside = text.replace("## Gaps\n", "## Gaps\n\nWe talked about these for an hour.\n");
    expect(verifyDocument(draftDocument(context.subject, beside).text, context)).toEqual([]);
  });
});

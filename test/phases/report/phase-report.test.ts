import { describe, expect, it } from "vitest";
import { phaseReport } from "../../../src/core/phases/report/phase-report.ts";
import { timelineOf } from "../../../src/core/phases/report/timeline.ts";
import { renderPhaseReportHtml } from "../../../src/views/render/phase-report-html.ts";
import { renderPhaseReportMarkdown } from "../../../src/views/render/phase-report-markdown.ts";
import { SampleLedger } from "../documents/sample.ts";
import { recordOf, reportFacts } from "./states.ts";

describe("a report", () => {
  const report = phaseReport(reportFacts());

  it("counts phases, rules and documents", () => {
    expect(report.counts).toEqual({ done: 1, ready: 0, open: 1, stale: 0, blocked: 1 });
    expect(report.phases.map(({ proven, passed }) => [proven, passed])).toEqual([
      [5, 1],
      [0, 0],
      [0, 0],
    ]);
  });

  it("says what is missing, each with its remedy", () => {
    expect(report.phases.map(({ gaps }) => gaps)).toEqual([
      [],
      [
        {
          what: "audit",
          reason: "fails: web lacks libGL.so.1; see `lapstrake audit web`",
          remedy: "lapstrake phase collect 2 --rule audit",
        },
        { what: "docs/1.md:61", reason: "nobody wrote in it, and 1 more", remedy: "write it" },
        { what: "docs/2.md", reason: "it is not written yet", remedy: "lapstrake phase draft 2" },
      ],
      [],
    ]);
  });

  it("points at what fell back, then at the first phase that can be worked on", () => {
    expect(report.current).toEqual(["2"]);
    const facts = reportFacts();
    const [first, ...rest] = facts.states;
    const stale = { ...facts, states: [{ ...first!, verdict: "stale" as const }, ...rest] };
    expect(phaseReport(stale).current).toEqual(["1", "2"]);
  });

  it("is as of the newest entry of its own plan, and cites what the states stand on", () => {
    expect(report.asOf?.seq).toBe(7);
    expect(report.evidence.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 7]);
    const foreign = { ...reportFacts(), plan: { ...reportFacts().plan, id: "another" } };
    expect(phaseReport(foreign)).toMatchObject({ asOf: undefined, timeline: [], evidence: [] });
  });
});

describe("the timeline", () => {
  it("has one event for evidence of one phase and one day, and each gate by itself", () => {
    const ledger = new SampleLedger();
    ledger.record({ phase: "1", rule: "a" });
    ledger.record({ phase: "1", rule: "b", outcome: "fails" });
    ledger.recordGate("1");
    ledger.record({ phase: "1", rule: "a" });
    ledger.record({ phase: "2", rule: "c", outcome: "unknown" });
    expect(timelineOf(recordOf(ledger))).toMatchObject([
      {
        kind: "evidence",
        phase: "1",
        first: { seq: 1 },
        last: { seq: 2 },
        outcomes: { holds: 1, fails: 1, unknown: 0 },
      },
      { kind: "closed", phase: "1", first: { seq: 3 } },
      { kind: "evidence", phase: "1", first: { seq: 4 } },
      { kind: "evidence", phase: "2", outcomes: { unknown: 1 } },
    ]);
  });
});

const PAGES = [
  ["Markdown", renderPhaseReportMarkdown],
  ["HTML", renderPhaseReportHtml],
] as const;

describe.each(PAGES)("the page in %s", (_, render) => {
  const text = render(phaseReport(reportFacts()));

  it("says where the plan stands and what to do", () => {
    expect(text).toContain("1 of 3 phases is done; phase 2 is open.");
    for (const word of [
      "lapstrake phase draft 2",
      "lapstrake phase collect 2 --rule audit",
      "R2",
      "20261101-abcdef0",
    ])
      expect(text).toContain(word);
  });

  it("has every entry that it cites, with its hash", () => {
    for (const { hash } of phaseReport(reportFacts()).evidence) expect(text).toContain(hash);
  });

  it("has the same bytes for the same facts, and others for others", () => {
    expect(render(phaseReport(reportFacts()))).toBe(text);
    expect(render(phaseReport({ ...reportFacts(), release: undefined }))).not.toBe(text);
  });

  it("is a page where nothing happened yet", () => {
    const facts = reportFacts();
    const states = facts.states.map((state) => ({
      ...state,
      verdict: "blocked" as const,
      rules: [],
      documents: [],
      gate: undefined,
    }));
    const empty = render(
      phaseReport({ ...facts, states, record: { evidence: [], gates: [] }, release: undefined }),
    );
    expect(empty).toContain("Nothing is recorded yet.");
    expect(empty).not.toMatch(/NaN|Infinity|undefined/);
  });

  it("shows the newest of a long history, and says how much it leaves out", () => {
    const ledger = new SampleLedger();
    for (let index = 0; index < 130; index++) ledger.record({ phase: String((index % 2) + 1), rule: "a" });
    const long = render(phaseReport({ ...reportFacts(), record: recordOf(ledger) }));
    expect(long).toContain("30 earlier events are left out");
    expect(long).not.toContain("NaN");
  });
});

const HOSTILE = "</style><script>alert(1)</script><img src=x onerror=alert(1)>|`\n# no";

describe("words of others", () => {
  const facts = reportFacts();
  const states = facts.states.map((state) => ({
    ...state,
    reason: HOSTILE,
    phase: { ...state.phase, title: HOSTILE, note: HOSTILE },
    rules: state.rules.map((rule) => ({ ...rule, reason: HOSTILE, machine: HOSTILE, command: HOSTILE })),
    documents: state.documents.map((each) => ({ ...each, path: HOSTILE })),
  }));
  const plan = { ...facts.plan, title: HOSTILE, id: facts.plan.id };
  const report = phaseReport({ ...facts, plan, states, release: HOSTILE });

  it("are no tags of the page, which loads and runs nothing", () => {
    const page = renderPhaseReportHtml(report);
    expect(page).not.toContain("<script");
    expect(page).not.toContain("<img");
    expect(page.match(/<\/style>/g)).toHaveLength(1);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(page).not.toMatch(/https?:|url\(/);
  });

  it("end no cell and begin no heading of the Markdown, but the note, which is quoted", () => {
    const page = renderPhaseReportMarkdown(report).split("\n");
    const tables = new Map<string, number>();
    let head = "";
    for (const [index, line] of page.entries()) {
      if (page[index + 1]?.startsWith("| ---") === true) head = line;
      if (!line.startsWith("|") || line.startsWith("| ---")) continue;
      const cells = line.replaceAll(/\\\|/g, "").split("|").length;
      expect(tables.get(head) ?? cells).toBe(cells);
      tables.set(head, cells);
    }
    expect(tables.size).toBeGreaterThan(4);
    expect(page.filter((line) => line.startsWith("# "))).toHaveLength(1);
  });
});

import type { ChainVerdict } from "../../core/record/chain.ts";
import type { GoodCheckpoint } from "../../core/record/judge-checkpoints.ts";
import type { LedgerFinding } from "../../core/record/ledger-finding.ts";
import { printable } from "./printable.ts";
import { groupBy } from "./progress-text.ts";

/** What `verifyLedger` of flow found. */
interface Report {
  readonly chain: ChainVerdict;
  readonly findings: readonly LedgerFinding[];
  readonly good: readonly GoodCheckpoint[];
  readonly foreign: number;
  readonly beyond: number;
  readonly evidence: { readonly cited: number; readonly stored: number };
}

/** What holds, what does not, since when, and what nobody can say. */
export function renderLedgerReport(report: Report): string {
  const sections = [
    [chainLine(report.chain)],
    findingLines(report.findings),
    checkpointLines(report),
    [evidenceLine(report)],
  ];
  return printable(`${sections.flat().join("\n")}\n`);
}

/** One documented shape: docs/ledger.md. */
export function ledgerReportJson({ chain, findings, good, foreign, beyond, evidence }: Report): object {
  const last = good.at(-1);
  const { entries, head, ...verdict } = chain;
  return {
    version: 1,
    // Of all of it; the chain's own verdict is in `line`, `why` and `code`, which are there where it is broken.
    ...verdict,
    ok: findings.length === 0,
    entries,
    head: head ?? null,
    findings,
    checkpoints: {
      good: good.length,
      foreign,
      beyond,
      last: last ?? null,
      witnessed: good.findLast(({ witnesses }) => witnesses.length > 0) ?? null,
    },
    evidence,
  };
}

function chainLine(chain: ChainVerdict): string {
  const count = countText(chain.entries, "entry", "entries");
  if (chain.ok) {
    const head = chain.head === undefined ? "the ledger is empty" : `head ${chain.head.hash}`;
    return `chain: ${count}, every hash recomputed, ${head}`;
  }
  const since =
    chain.head === undefined
      ? "nothing before it is sound"
      : `the ${count} before it are sound, the last of ${chain.head.time}`;
  return `chain: BROKEN at line ${chain.line} (entry ${chain.entries + 1}): ${chain.why}; ${since}`;
}

/** Of a kind, people are shown so many; a store that is gone has thousands. */
const SHOWN = 10;

function findingLines(findings: readonly LedgerFinding[]): readonly string[] {
  const byCode = groupBy(findings, ({ code }) => code);
  return [...byCode.values()].flatMap((each) => {
    const more = each.length - SHOWN;
    const rest = more > 0 ? [`  … and ${more} more of these; --json has all`] : [];
    return [...each.slice(0, SHOWN).map(findingLine), ...rest];
  });
}

function findingLine({ code, message, entry, at }: LedgerFinding): string {
  const place = at === undefined ? "" : `${at}: `;
  if (entry === undefined) return `  ${code}: ${place}${message}`;
  const time = entry.time === undefined ? "" : ` of ${entry.time}`;
  const which = code.startsWith("LEDGER_") ? `from entry ${entry.seq} on` : `entry ${entry.seq}${time}`;
  return `  ${code}: ${place}${message} (${which})`;
}

function checkpointLines(report: Report): readonly string[] {
  const { chain, good, foreign, beyond } = report;
  const more = [
    ...(beyond === 0
      ? []
      : [`  ${countText(beyond, "checkpoint", "checkpoints")} beyond the break could not be compared`]),
    ...(foreign === 0
      ? []
      : [`  ${countText(foreign, "checkpoint is", "checkpoints are")} of other ledgers`]),
  ];
  const last = good.at(-1);
  if (last === undefined) return [...noneGood(report), ...more];
  const witnessed = good.findLast(({ witnesses }) => witnesses.length > 0);
  const after = chain.entries - last.seq;
  return [
    `checkpoints: ${countText(good.length, "agrees", "agree")}; the last good one is of entry ${last.seq}, ${last.time}`,
    witnessed === undefined
      ? "  none is witnessed by a second machine: whoever has this machine's key could have signed another history"
      : `  witnessed up to entry ${witnessed.seq} by ${witnessed.witnesses.join(", ")}`,
    ...(after === 0
      ? []
      : [`  ${countText(after, "entry", "entries")} after it: chained, and not signed yet`]),
    ...more,
  ];
}

/** What is not good because it contradicts was said above; what was never signed says nothing, and that must be said. */
function noneGood({ chain, findings, beyond }: Report): readonly string[] {
  const isContradicted = findings.some(({ code }) => code === "LEDGER_CUT" || code === "LEDGER_REWRITTEN");
  if (isContradicted || beyond > 0 || !chain.ok) return ["checkpoints: none that this ledger agrees with"];
  return [
    "checkpoints: none of this ledger. An end that was cut off, or a ledger that was written anew as a whole, would not be",
    "  noticed; `lapstrake ledger checkpoint` signs what stands",
  ];
}

function evidenceLine({ findings, evidence: { cited, stored } }: Report): string {
  const wrong = findings.filter(({ code }) => code.startsWith("EVIDENCE_")).length;
  const judged = wrong === 0 ? "all bytes are as they were recorded" : `${wrong} not as recorded`;
  return `evidence: ${cited} cited, ${countText(stored, "file", "files")} read: ${judged}`;
}

function countText(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

import { type KnownSeverity, worstSeverity } from "../../core/advisory/severity.ts";
import { formatPosition, type SourcePosition } from "../../core/base/error.ts";
import type { CanaryResult, ScanReport, UsedSource, WaiverUse } from "../../core/policy/gates/gate.ts";
import { withoutVersion } from "./component-text.ts";
import { groupBy } from "./progress-text.ts";
import {
  renderSarif,
  type SarifLevel,
  type SarifNotice,
  type SarifPlace,
  type SarifResult,
  type SarifRule,
} from "./sarif.ts";
import { asOfText, type FindingState, findingState, listOf } from "./scan-cells.ts";
import { type FoundOnce, foundOnce } from "./scan-found-once.ts";
import { GATE_TEXT } from "./scan-gate-text.ts";

export interface ScanSarif {
  readonly report: ScanReport;
  /** Of Lapstrake. */
  readonly version: string;
  /** The fleet's folder within its repository, "" for the top. */
  readonly prefix: string;
  /**
   * By image, where it is declared: what has no line of its own stands there. A code host may refuse the whole file for one
   * result that is in none of its files.
   */
  readonly declaredAt?: ReadonlyMap<string, SourcePosition>;
}

/** Code hosts refuse a file with 25,000 results of a run; the waivers' own are few. */
const MOST_RESULTS = 20_000;

/** The findings of a scan, each at the line that brought it in as far as that is known; what a waiver covers is suppressed. */
export function scanSarif({ version, ...surroundings }: ScanSarif): string {
  const { report } = surroundings;
  const all = foundOnce(report);
  const found = all.length <= MOST_RESULTS ? all : gravestFirst(all).slice(0, MOST_RESULTS);
  const waivers = report.waivers.filter(({ state }) => state !== "used");
  return renderSarif({
    command: "scan",
    version,
    rules: [...rulesOf(found, report), ...(waivers.length === 0 ? [] : WAIVER_RULES)],
    results: [
      ...found.map((each) => resultOf(each, surroundings)),
      ...waivers.map((waiver) => waiverResult(waiver, surroundings)),
    ],
    notices: [
      ...(found.length === all.length
        ? []
        : [
            notice(
              "error",
              `${all.length - found.length} findings are left out: no more than ${MOST_RESULTS} are taken`,
            ),
          ]),
      ...noticesOf(report),
    ],
  });
}

const GRAVEST: readonly FindingState[] = ["denied", "error", "unknown", "waived", "note"];

function gravestFirst(found: readonly FoundOnce[]): readonly FoundOnce[] {
  const groups = groupBy(found, ({ finding }) => findingState(finding));
  return GRAVEST.flatMap((state) => groups.get(state) ?? []);
}

/** Within the bands of CVSS, which code hosts share: whoever rated it gave a word, and here a number is asked for. */
const SECURITY_SEVERITY: Readonly<Record<KnownSeverity, number>> = {
  critical: 9.5,
  high: 8,
  medium: 5.5,
  low: 2,
  none: 0,
};

/** One rule for each vulnerability, since its severity stands there; and one for each other thing that a gate finds. */
function rulesOf(found: readonly FoundOnce[], { policy }: ScanReport): readonly SarifRule[] {
  return [...groupBy(found, ruleId)]
    .map(([id, those]) => ruleOf(id, those, policy.unknownSeverity))
    .sort((one, other) => (one.id < other.id ? -1 : 1));
}

function ruleOf(id: string, those: readonly FoundOnce[], unknown: KnownSeverity): SarifRule {
  const [first] = those;
  const level = those.some((each) => levelOf(each) === "error") ? "error" : "note";
  const severities = those.flatMap(({ gate, finding: { severity } }) =>
    gate === "vulnerabilities" && severity !== undefined ? [severity] : [],
  );
  const name = first?.finding.id ?? id;
  if (severities.length === 0)
    return { id, level, text: `${name}: ${first === undefined ? "" : GATE_TEXT[first.gate]}` };
  const worst = worstSeverity(severities);
  const rated = worst === "unknown" ? `unknown severity, which counts as ${unknown}` : `${worst} severity`;
  return {
    id,
    level,
    text: `${name}: ${rated}`,
    securitySeverity: SECURITY_SEVERITY[worst === "unknown" ? unknown : worst],
  };
}

const WAIVER_RULES: readonly SarifRule[] = [
  { id: "waivers/expired", level: "error", text: "A waiver is over: what it covered is denied again." },
  { id: "waivers/unused", level: "warning", text: "A waiver matches nothing that was found." },
  { id: "waivers/pending", level: "note", text: "A waiver has not begun: it covers nothing yet." },
];

function ruleId({ gate, finding }: FoundOnce): string {
  return `${gate}/${finding.id}`;
}

/** What is not known blocks as a denial does. */
function levelOf({ finding }: FoundOnce): SarifLevel {
  return finding.level === "note" ? "note" : "error";
}

type Surroundings = Omit<ScanSarif, "version">;

function resultOf(each: FoundOnce, { report, prefix, declaredAt }: Surroundings): SarifResult {
  const { image, heirs, finding } = each;
  const line = finding.at ?? declaredAt?.get(image.name);
  const { level, message, component, path, waiver, fixed = [], aliases = [] } = finding;
  const also = [
    ...(level === "unknown" || level === "error" ? ["this is not known, and blocks"] : []),
    ...(fixed.length === 0 ? [] : [`mended by ${listOf(fixed)}`]),
    ...(aliases.length === 0 ? [] : [`also called ${listOf(aliases)}`]),
    ...(heirs.length === 0 ? [] : [`also in ${listOf(heirs, 6)}`]),
  ];
  return {
    rule: ruleId(each),
    level: levelOf(each),
    message: `${image.name}: ${[message, ...also].join("; ")}`,
    about: { kind: "image", name: image.name, fullName: `${image.repository ?? image.name}@${image.digest}` },
    place: line && lineOf(line, prefix),
    identity: [component === undefined ? "" : withoutVersion(component), path ?? ""],
    suppressions:
      waiver === undefined
        ? []
        : [
            {
              justification: `${waiver.why} (${waiver.who}, until ${waiver.until}; ${asOfText(report)})`,
              place: lineOf(waiver.at, prefix),
            },
          ],
  };
}

function lineOf({ file, line }: SourcePosition, prefix: string): SarifPlace {
  return { file: prefix === "" ? file : `${prefix}/${file}`, line, endLine: line };
}

function waiverResult(waiver: WaiverUse, { report, prefix }: Surroundings): SarifResult {
  const { gate, id, image, component, state, from, until, who, at } = waiver;
  const what = `${gate} ${id}${component === undefined ? "" : ` of ${component}`} in ${image === "*" ? "all images" : image}`;
  const told = {
    used: { level: "note", text: "is used" },
    expired: { level: "error", text: `ended on ${until}, and covers nothing (${asOfText(report)})` },
    unused: { level: "warning", text: "matches nothing that was found" },
    pending: { level: "note", text: `is not begun until ${from} (${asOfText(report)})` },
  } as const;
  const { level, text } = told[state];
  return {
    rule: `waivers/${state}`,
    level,
    message: `the waiver of ${who} for ${what} ${text}`,
    about: { kind: "waiver", name: `${gate} ${id} ${image}`, fullName: formatPosition(at) },
    place: lineOf(at, prefix),
    identity: [component === undefined ? "" : withoutVersion(component)],
    suppressions: [],
  };
}

function noticesOf(report: ScanReport): readonly SarifNotice[] {
  const { pinned, left, canaries, sources, images, off } = report;
  return [
    ...(images.length === 0 ? [notice("error", "no image was judged")] : []),
    ...(pinned ? [notice("warning", asOfText(report))] : []),
    ...left.map(({ name, why, asked }) =>
      notice(asked ? "error" : "note", `${name} was not scanned: ${why}`),
    ),
    ...off.map(({ gate, why }) => notice("warning", `the gate ${gate} is off: ${why}`)),
    ...(canaries.length === 0
      ? [notice("error", "no canary was planted, so nothing shows that a gate can go red")]
      : []),
    ...canaries.filter(({ alive }) => !alive).map(deadNotice),
    ...sources.filter(({ state }) => state !== "scanned").map(sourceNotice),
  ];
}

function notice(level: SarifLevel, message: string): SarifNotice {
  return { level, message };
}

function deadNotice({ gate, planted, found, reason }: CanaryResult): SarifNotice {
  return notice(
    "error",
    `a canary of ${gate} did not do what it must: ${planted}: the gate said ${found}: ${reason}`,
  );
}

/** Whether it matters the gate says: another source may have told it. */
function sourceNotice({ source, tool, state, why }: UsedSource): SarifNotice {
  const because = why === undefined ? "" : `: ${why}`;
  return notice(state === "error" ? "error" : "warning", `source ${source}, by ${tool}: ${state}${because}`);
}

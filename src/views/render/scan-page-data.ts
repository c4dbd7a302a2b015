import { formatPosition } from "../../core/base/error.ts";
import { ownerOf } from "../../core/policy/gates/fix-first.ts";
import type { GateFinding, GateName, ScannedImage, ScanReport } from "../../core/policy/gates/gate.ts";
import { toldFindings } from "../../core/policy/gates/told-findings.ts";
import { componentParts } from "./component-text.ts";
import { type FindingState, findingState } from "./scan-cells.ts";
import { pageText } from "./scan-page-text.ts";

/**
 * What the page's script shows: a value for JSON. Texts stand once, in alphabetical order, so that their numbers can be
 * compared instead of them; -1 is none. A finding that several images have stands once, the gravest first.
 */
export interface ScanPageData {
  readonly texts: readonly string[];
  /** What each number of a finding is. */
  readonly columns: readonly FindingColumn[];
  readonly findings: readonly (readonly number[])[];
  readonly images: readonly PageImage[];
}

interface PageImage {
  readonly name: number;
  /** Gate, outcome and reason, three numbers each. */
  readonly verdicts: readonly number[];
  /** Which of the findings it has. */
  readonly findings: readonly number[];
}

const COLUMNS = [
  "id",
  "message",
  "state",
  "severity",
  "gate",
  "component",
  "version",
  "fixed",
  "owner",
  "place",
  "purl",
  "path",
  "layer",
  "aliases",
  "sources",
  "hint",
  "waiver",
] as const;

export type FindingColumn = (typeof COLUMNS)[number];

export function scanPageData({ images }: Pick<ScanReport, "images">): ScanPageData {
  const texts = new Texts();
  const bodies = new Bodies();
  const found = images.map((image) => ({
    name: texts.of(image.name),
    verdicts: image.verdicts.flatMap(({ gate, outcome, reason }) =>
      [gate, outcome, reason].map((each) => texts.of(each)),
    ),
    findings: image.verdicts.flatMap((verdict) =>
      toldFindings(verdict).map((finding) =>
        bodies.of(
          textsOf({ finding, gate: verdict.gate, image }).map((each) => texts.of(each)),
          rankOf(finding),
        ),
      ),
    ),
  }));
  const { all, places } = texts.sorted();
  const placeOf = (text: number): number => (text === NONE ? NONE : (places[text] ?? NONE));
  return {
    texts: all,
    columns: COLUMNS,
    findings: bodies.gravestFirst().map(({ cells }) => cells.map(placeOf)),
    images: found.map(({ name, verdicts, findings }) => ({
      name: placeOf(name),
      verdicts: verdicts.map(placeOf),
      findings: findings.map(({ place }) => place).sort((one, other) => one - other),
    })),
  };
}

interface Body {
  readonly cells: readonly number[];
  readonly rank: number;
  count: number;
  place: number;
}

/** Findings that say the same of another image are one. */
class Bodies {
  readonly #known = new Map<string, Body>();

  of(cells: readonly number[], rank: number): Body {
    const key = cells.join();
    const body = this.#known.get(key) ?? { cells, rank, count: 0, place: NONE };
    if (body.count === 0) this.#known.set(key, body);
    body.count += 1;
    return body;
  }

  /** Of what is equally grave, what most images have; each is told its place. */
  gravestFirst(): readonly Body[] {
    const sorted = [...this.#known.values()].sort(
      (one, other) => one.rank - other.rank || other.count - one.count,
    );
    for (const [place, body] of sorted.entries()) body.place = place;
    return sorted;
  }
}

interface Told {
  readonly finding: GateFinding;
  readonly gate: GateName;
  readonly image: ScannedImage;
}

/** In the order of the columns. */
function textsOf({ finding, gate, image }: Told): readonly (string | undefined)[] {
  const { id, message, severity, component, path, layer, at, hint, waiver } = finding;
  const parts = component === undefined ? undefined : componentParts(component);
  const instruction = layer?.instruction === undefined ? "" : `: ${layer.instruction}`;
  const texts: Readonly<Record<FindingColumn, string | undefined>> = {
    id,
    message,
    state: findingState(finding),
    severity,
    gate,
    component: parts?.name ?? path,
    version: parts?.version,
    fixed: finding.fixed?.join(", "),
    owner: ownerOf(finding, image),
    place: formatPosition(at),
    purl: component,
    path,
    layer: layer && `${layer.index}${instruction}`,
    aliases: finding.aliases?.join(", "),
    sources: finding.sources?.join(", "),
    hint,
    waiver: waiver && `${waiver.why} (${waiver.who}, until ${waiver.until}) ${formatPosition(waiver.at)}`,
  };
  return COLUMNS.map((column) => texts[column]);
}

const STATES: readonly FindingState[] = ["denied", "error", "unknown", "waived", "note"];
const SEVERITIES: readonly GateFinding["severity"][] = [
  "critical",
  "high",
  "unknown",
  "medium",
  "low",
  "none",
];

function rankOf(finding: GateFinding): number {
  const severity = SEVERITIES.indexOf(finding.severity);
  // What has no severity, a secret or a root user, is as grave as what is critical.
  return STATES.indexOf(findingState(finding)) * 10 + Math.max(0, severity);
}

/** Each text once. Numbers come in the order of the texts' coming, and are exchanged for places in the end. */
class Texts {
  readonly #shown: string[] = [];
  readonly #known = new Map<string, number>();
  readonly #knownShown = new Map<string, number>();

  of(text: string | undefined): number {
    if (text === undefined || text === "") return NONE;
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const number = this.#add(pageText(text));
    this.#known.set(text, number);
    return number;
  }

  /** Two texts may be shown alike. */
  #add(shown: string): number {
    const known = this.#knownShown.get(shown);
    if (known !== undefined) return known;
    this.#knownShown.set(shown, this.#shown.length);
    return this.#shown.push(shown) - 1;
  }

  /** In alphabetical order, great and small letters alike; and by number, the place in it. */
  sorted(): { readonly all: readonly string[]; readonly places: readonly number[] } {
    // One text a key, and no function to compare: three times as fast for 300,000.
    const keys = this.#shown.map((text, number) => `${text.toLowerCase()}\0${text}\0${number}`).sort();
    const numbers = keys.map((key) => Number(key.slice(key.lastIndexOf("\0") + 1)));
    const places: number[] = [];
    for (const [place, number] of numbers.entries()) places[number] = place;
    return { all: numbers.map((number) => this.#shown[number] ?? ""), places };
  }
}

const NONE = -1;

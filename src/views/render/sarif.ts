import { digestOf } from "../../core/base/digest.ts";
import { printable } from "./printable.ts";

export type SarifLevel = "error" | "warning" | "note";

export interface SarifRule {
  readonly id: string;
  /** A sentence on what it finds. */
  readonly text: string;
  readonly level: SarifLevel;
  /** 0 to 10, as code hosts read it; with it a result is one of security. */
  readonly securitySeverity?: number;
}

export interface SarifResult {
  readonly rule: string;
  readonly level: SarifLevel;
  readonly message: string;
  /** An image, a service: what it is about, which no file has to stand for. */
  readonly about: { readonly kind: string; readonly name: string; readonly fullName: string };
  readonly place: SarifPlace | undefined;
  /** What makes it the same finding in the next run, beside rule and `about.name`: no versions, no lines. */
  readonly identity: readonly string[];
  /** Where a run has any, each of its results has a list of them, if only an empty one (3.27.23). */
  readonly suppressions?: readonly SarifSuppression[];
}

/** Somebody answers for it that the result is let pass. */
export interface SarifSuppression {
  readonly justification: string;
  readonly place: SarifPlace;
}

export interface SarifPlace {
  /** Relative to the top of the repository. */
  readonly file: string;
  /** First and last, counting from 1. */
  readonly line: number;
  readonly endLine: number;
}

/** What a run could not do, or could not know. */
export interface SarifNotice {
  readonly level: SarifLevel;
  readonly message: string;
}

export interface SarifRun {
  /** Keeps runs of different commands apart: `audit`. */
  readonly command: string;
  /** Of Lapstrake. */
  readonly version: string;
  readonly rules: readonly SarifRule[];
  readonly results: readonly SarifResult[];
  readonly notices: readonly SarifNotice[];
}

/** One run as SARIF 2.1.0 (OASIS, with errata 01). The same run, the same bytes. */
export function renderSarif({ command, version, rules, results, notices }: SarifRun): string {
  const indexOf = new Map(rules.map(({ id }, index) => [id, index]));
  const fingerprints = new Fingerprints();
  const log = {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "Lapstrake", version, rules: rules.map(ruleObject) } },
        automationDetails: { id: `lapstrake/${command}/` },
        invocations: [
          {
            executionSuccessful: notices.every(({ level }) => level !== "error"),
            toolExecutionNotifications: notices.map(({ level, message }) => ({
              level,
              message: { text: messageText(message) },
            })),
          },
        ],
        originalUriBaseIds: { [ROOT]: { description: { text: "The top of the fleet's repository." } } },
        results: results.map((result) => ({
          ruleId: printable(result.rule),
          ruleIndex: indexOf.get(result.rule),
          level: result.level,
          message: { text: messageText(result.message) },
          locations: [locationOf(result)],
          partialFingerprints: { "lapstrake/v1": fingerprints.of(result) },
          ...(result.suppressions && { suppressions: result.suppressions.map(suppressionObject) }),
        })),
        columnKind: "utf16CodeUnits",
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

/** The name that code hosts know for it. */
const ROOT = "%SRCROOT%";

function ruleObject({ id, text, level, securitySeverity }: SarifRule) {
  const rule = {
    id: printable(id),
    shortDescription: { text: messageText(text) },
    defaultConfiguration: { level },
  };
  if (securitySeverity === undefined) return rule;
  // A text: what code hosts expect.
  return { ...rule, properties: { tags: ["security"], "security-severity": securitySeverity.toFixed(1) } };
}

function suppressionObject({ justification, place }: SarifSuppression) {
  return {
    // Not beside the code that it is about, but in a file of waivers.
    kind: "external",
    status: "accepted",
    justification: printable(justification),
    location: { physicalLocation: physicalLocation(place) },
  };
}

function locationOf({ about, place }: SarifResult) {
  const { kind, name, fullName } = about;
  const logicalLocations = [
    { name: printable(name), fullyQualifiedName: printable(fullName), kind: printable(kind) },
  ];
  return place === undefined
    ? { logicalLocations }
    : { physicalLocation: physicalLocation(place), logicalLocations };
}

function physicalLocation({ file, line, endLine }: SarifPlace) {
  const uri = file.split("/").map(encodeURIComponent).join("/");
  return { artifactLocation: { uri, uriBaseId: ROOT }, region: { startLine: line, endLine } };
}

/** Two findings with one identity are told apart by their order. */
class Fingerprints {
  readonly #seen = new Map<string, number>();

  of({ rule, about, identity }: SarifResult): string {
    const key = JSON.stringify([rule, about.name, ...identity]);
    const before = this.#seen.get(key) ?? 0;
    this.#seen.set(key, before + 1);
    return digestOf(before === 0 ? key : `${key} ${before}`).slice("sha256:".length);
  }
}

/** Names of an image's files must make no link (3.11.6 of the specification) and no placeholder (3.11.5). */
function messageText(text: string): string {
  return printable(text)
    .replaceAll("](", "\\](")
    .replaceAll(/\{(\d+)\}/g, "{{$1}}");
}

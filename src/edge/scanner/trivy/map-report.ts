import type { Severity } from "../../../core/advisory/severity.ts";
import type { Vulnerability, VulnerableComponent } from "../../../core/advisory/vulnerability.ts";
import { purl as formatPurl } from "../../../core/audit/sbom/purl.ts";
import type { Sbom } from "../../../core/audit/sbom/sbom.ts";
import { type ComponentIndex, indexComponents, pypiName } from "./component-index.ts";
import type { TrivyReport, TrivyResult, TrivyVulnerability } from "./report.ts";

/**
 * What Trivy found, of our own components: by purl, else by name and version; a Python distribution that lies in several
 * places by the place that Trivy names. What we have no component for (a Go program, a JAR, a package that our SBOM lacks) is
 * told as Trivy names it: nothing is left out.
 */
export function mapVulnerabilities(report: TrivyReport, sbom: Sbom): readonly Vulnerability[] {
  const index = indexComponents(sbom.components);
  const found = new Map<string, Vulnerability>();
  for (const result of report.Results)
    for (const each of result.Vulnerabilities)
      for (const { component, known } of componentsOf(each, result, index)) {
        const key = `${each.VulnerabilityID} ${component.id}`;
        if (!found.has(key)) found.set(key, vulnerabilityOf(each, component, known));
      }
  return [...found.values()];
}

interface Matched {
  readonly component: VulnerableComponent;
  /** Ours, and not as Trivy alone has it. */
  readonly known: boolean;
}

function componentsOf(
  vulnerability: TrivyVulnerability,
  result: TrivyResult,
  index: ComponentIndex,
): readonly Matched[] {
  const ours = index.find({
    purl: vulnerability.PkgIdentifier?.PURL,
    ecosystem: ecosystemOf(result, vulnerability),
    name: vulnerability.PkgName,
    version: vulnerability.InstalledVersion,
    path: vulnerability.PkgPath,
  });
  if (ours.length === 0) return [{ component: foreign(vulnerability, result), known: false }];
  return ours.map(({ id, ecosystem, name, version, purl }) => ({
    component: { id, ecosystem, name, version, purl },
    known: true,
  }));
}

function foreign(vulnerability: TrivyVulnerability, result: TrivyResult): VulnerableComponent {
  const { PkgName: name, InstalledVersion: version, PkgPath: path } = vulnerability;
  const ecosystem = ecosystemOf(result, vulnerability);
  const own = vulnerability.PkgIdentifier?.PURL;
  const type = ecosystem === "other" ? "generic" : ecosystem;
  const purl = own ?? formatPurl({ type, name: ecosystem === "pypi" ? pypiName(name) : name, version });
  return { id: path === undefined ? purl : `${purl}#/${path}`, ecosystem, name, version, purl };
}

function ecosystemOf(
  { Class, Type }: TrivyResult,
  { PkgIdentifier }: TrivyVulnerability,
): VulnerableComponent["ecosystem"] {
  const type = /^pkg:([a-z]+)\//.exec(PkgIdentifier?.PURL ?? "")?.[1];
  if (type === "deb" || type === "pypi") return type;
  if (type !== undefined) return "other";
  if (Class === "os-pkgs" && (Type === "debian" || Type === "ubuntu")) return "deb";
  return Type === "python-pkg" ? "pypi" : "other";
}

function vulnerabilityOf(
  each: TrivyVulnerability,
  component: VulnerableComponent,
  known: boolean,
): Vulnerability {
  const { VulnerabilityID: id, VendorIDs, Severity, SeveritySource, FixedVersion } = each;
  return {
    source: "trivy",
    id,
    aliases: [...new Set(VendorIDs)].filter((alias) => alias !== id),
    component,
    severity: severityOf(Severity),
    severityFrom: SeveritySource || undefined,
    fixed: FixedVersion.split(",").flatMap((version) => version.trim() || []),
    summary: summaryOf(each, component, known),
  };
}

const SEVERITIES: ReadonlyMap<string, Severity> = new Map([
  ["LOW", "low"],
  ["MEDIUM", "medium"],
  ["HIGH", "high"],
  ["CRITICAL", "critical"],
]);

/** What it has no rating for it calls UNKNOWN; any other word is none that we know. */
function severityOf(text: string | undefined): Severity {
  return SEVERITIES.get(text ?? "") ?? "unknown";
}

const MAX_SUMMARY = 300;
/** Why there is no version that mends it. */
const UNFIXED: ReadonlyMap<string, string> = new Map([
  ["will_not_fix", "it will not be fixed"],
  ["fix_deferred", "the fix is put off"],
  ["end_of_life", "the package is past its support"],
  ["under_investigation", "it is being looked into"],
]);

function summaryOf(
  { Title, Description, Status }: TrivyVulnerability,
  { ecosystem }: VulnerableComponent,
  known: boolean,
): string {
  const text = (Title || Description || "")
    .slice(0, 4 * MAX_SUMMARY)
    .replaceAll(/[\s\p{C}]+/gu, " ")
    .trim();
  const notes = [
    UNFIXED.get(Status ?? ""),
    known || ecosystem === "other" ? undefined : "our SBOM has no such package",
  ].filter((note) => note !== undefined);
  const shown = text.length > MAX_SUMMARY ? `${text.slice(0, MAX_SUMMARY)}...` : text;
  return notes.length === 0 ? shown : `${shown} (${notes.join("; ")})`.trim();
}

import { groupBy } from "../base/group-by.ts";
import { sortVersions } from "./osv/sort-versions.ts";
import { sameNames } from "./same-names.ts";
import { worstSeverity } from "./severity.ts";
import type { MergedVulnerability, Vulnerability } from "./vulnerability.ts";

const CVE = /^CVE-\d{4}-\d+$/;

/** What was said, and of which CVEs. */
interface Statement {
  readonly said: Vulnerability;
  readonly cves: readonly string[];
}

/**
 * All sources together, by component and then by what it is: names that any source gives as aliases are one vulnerability.
 * But a CVE is never merged with another one. What names several, as a DSA does, says the same of each of them: its fixed
 * versions and its name go to all, and its severity, which is that of the worst, only to those that nobody rates alone.
 */
export function mergeVulnerabilities(
  vulnerabilities: readonly Vulnerability[],
): readonly MergedVulnerability[] {
  const byComponent = groupBy(vulnerabilities, ({ component }) => component.id);
  return [...byComponent]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([, said]) => mergeOne(said));
}

function mergeOne(said: readonly Vulnerability[]): readonly MergedVulnerability[] {
  const others = said.map((each) => namesOf(each).filter((name) => !CVE.test(name)));
  const merged: MergedVulnerability[] = [];
  const stated: { readonly cve: string; readonly statement: Statement }[] = [];
  for (const group of sameNames(others)) {
    const members = group.flatMap((index) => said[index] ?? []);
    const cves = [...new Set(members.flatMap(cvesOf))];
    if (cves.length === 0) merged.push(entryOf(undefined, members, members));
    for (const each of members) {
      // Who names no CVE means those that its aliases are names of.
      const own = cvesOf(each);
      const statement = { said: each, cves: own.length > 0 ? own : cves };
      stated.push(...statement.cves.map((cve) => ({ cve, statement })));
    }
  }
  for (const [cve, group] of groupBy(stated, (each) => each.cve)) {
    const statements = group.map(({ statement }) => statement);
    const alone = statements.filter(({ cves }) => cves.length === 1).map((each) => each.said);
    merged.push(
      entryOf(
        cve,
        statements.map((each) => each.said),
        alone,
      ),
    );
  }
  return merged.sort((one, other) => (one.id < other.id ? -1 : 1));
}

function namesOf({ id, aliases }: Vulnerability): readonly string[] {
  return [id, ...aliases];
}

function cvesOf(said: Vulnerability): readonly string[] {
  return [...new Set(namesOf(said))].filter((name) => CVE.test(name));
}

/** `alone`: what was said of nothing else. */
function entryOf(
  cve: string | undefined,
  said: readonly Vulnerability[],
  alone: readonly Vulnerability[],
): MergedVulnerability {
  const [first] = said;
  if (first === undefined) throw new RangeError("nobody said anything of it");
  const id = cve ?? said.map((each) => each.id).sort()[0] ?? first.id;
  const isRatedAlone = alone.some(({ severity }) => severity !== "unknown");
  const raters = isRatedAlone ? alone : said;
  const severity = worstSeverity(raters.map((each) => each.severity));
  // Who speaks of it alone describes it better.
  const summaries = [...alone, ...said].map(({ summary }) => summary);
  return {
    id,
    aliases: otherNames(id, said),
    component: first.component,
    severity,
    severityFrom: raters.find((each) => each.severity === severity && each.severityFrom !== undefined)
      ?.severityFrom,
    fixed: fixedOf(first.component.ecosystem, said),
    summary: summaries.find((summary) => summary !== "") ?? "",
    sources: [...new Set(said.map(({ source }) => source))].sort(),
  };
}

/** Versions of an ecosystem whose order we do not know stay as they were said. */
function fixedOf(
  ecosystem: Vulnerability["component"]["ecosystem"],
  said: readonly Vulnerability[],
): readonly string[] {
  const fixed = said.flatMap((each) => each.fixed);
  return ecosystem === "other" ? [...new Set(fixed)] : sortVersions(ecosystem, fixed);
}

/** Names of the same, sorted; other CVEs are others. */
function otherNames(id: string, said: readonly Vulnerability[]): readonly string[] {
  const names = new Set(said.flatMap(namesOf));
  return [...names].filter((name) => name !== id && !CVE.test(name)).sort();
}

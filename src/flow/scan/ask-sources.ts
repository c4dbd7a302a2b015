import { mergeVulnerabilities } from "../../core/advisory/merge-vulnerabilities.ts";
import type { MergedVulnerability, UndecidedVulnerability } from "../../core/advisory/vulnerability.ts";
import type { UsedSource } from "../../core/policy/gates/gate.ts";
import { ageInDays } from "../../core/policy/gates/source-state.ts";
import type { ScanSubject, SourceAnswer, VulnerabilitySource } from "../../edge/scanner/port.ts";

/** What all sources together say of one image. */
export interface SourceView {
  readonly sources: readonly UsedSource[];
  readonly vulnerabilities: readonly MergedVulnerability[];
  readonly undecided: readonly UndecidedVulnerability[];
}

export interface SourcesCall {
  /** YYYY-MM-DD. */
  readonly asOf: string;
  /** Of the fleet: what lies in it is named from there, so that reports are equal on all machines. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** Asks every source for every image, and puts together what they say of each. */
export async function askSources(
  sources: readonly VulnerabilitySource[],
  subjects: readonly ScanSubject[],
  { asOf, folder, signal }: SourcesCall,
): Promise<readonly SourceView[]> {
  const answers = await Promise.all(
    sources.map(async (source) => ({ source, answers: await source.scan(subjects, { signal }) })),
  );
  return subjects.map((subject, index) => {
    const own = answers.map(({ source, answers: all }) => ({
      source,
      answer: believed(subject, all[index] ?? NO_ANSWER),
    }));
    return {
      sources: own.map(({ source, answer }) => usedSource(source, answer, { asOf, folder })),
      undecided: own.flatMap(({ answer }) => (answer.state === "scanned" ? (answer.undecided ?? []) : [])),
      vulnerabilities: mergeVulnerabilities(
        own.flatMap(({ answer }) => (answer.state === "scanned" ? answer.vulnerabilities : [])),
      ),
    };
  });
}

const NO_ANSWER: SourceAnswer = { state: "error", facts: undefined, why: "it left this image out" };

/** A source that looked at nothing in an image that has something saw nothing: that is no absence of anything. */
function believed({ name, sbom }: ScanSubject, answer: SourceAnswer): SourceAnswer {
  if (answer.state !== "scanned") return answer;
  const { deb, pypi } = answer.looked;
  // What it is blind to, and says so, is another matter.
  const seeing = sbom.components.filter(
    ({ ecosystem }) => !(answer.blind ?? []).some((each) => each.ecosystem === ecosystem),
  );
  if (seeing.length === 0 || deb + pypi > 0) return answer;
  return {
    state: "error",
    facts: answer.facts,
    why: `it looked at no package of ${name}, which has ${sbom.components.length}`,
  };
}

function usedSource(
  { name }: VulnerabilitySource,
  answer: SourceAnswer,
  { asOf, folder }: Pick<SourcesCall, "asOf" | "folder">,
): UsedSource {
  const { facts, state } = answer;
  const database = facts?.database;
  return {
    source: name,
    tool: facts?.tool ?? "unknown",
    state,
    ...(answer.state === "scanned"
      ? { looked: answer.looked, ...(answer.blind === undefined ? {} : { blind: answer.blind }) }
      : { why: answer.why, ...(answer.hint === undefined ? {} : { hint: answer.hint }) }),
    ...(database === undefined
      ? {}
      : {
          database: {
            ...database,
            from: database.from.replaceAll(`${folder}/`, ""),
            updatedAt: new Date(database.updatedAt).toISOString(),
            ageDays: ageInDays(database.updatedAt, asOf),
          },
        }),
  };
}

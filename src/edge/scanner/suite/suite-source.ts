import { byArchitecture } from "../../../core/advisory/suite/architectures.ts";
import { indexFault } from "../../../core/advisory/suite/index-age.ts";
import { outdatedPackages } from "../../../core/advisory/suite/outdated-packages.ts";
import { securitySuiteOf } from "../../../core/advisory/suite/security-suite.ts";
import type { SuiteAnswer, SuiteIndex, SuiteRelease } from "../../../core/advisory/suite/suite-index.ts";
import type { BlindSpot } from "../../../core/advisory/vulnerability.ts";
import type { SbomComponent } from "../../../core/audit/sbom/sbom.ts";
import type { Clock } from "../../../core/base/clock.ts";
import { digestOf } from "../../../core/base/digest.ts";
import type { ScanSubject, SourceAnswer, SourceFacts, VulnerabilitySource } from "../port.ts";

/** Reads a suite for one architecture. Its failures are answers; only an abort is thrown. */
export type ReadSuite = (
  release: SuiteRelease,
  options: { readonly signal: AbortSignal },
) => Promise<SuiteAnswer>;

export interface SuiteSourceOptions {
  readonly read: ReadSuite;
  readonly clock: Clock;
}

/**
 * The distribution's own security suite as a source: an installed Debian package of which it has a newer version is
 * vulnerable. Each suite is read once a scan, whoever asks.
 */
export function createSuiteSource(options: SuiteSourceOptions): VulnerabilitySource {
  return {
    name: "suite",
    async scan(subjects, { signal }) {
      const reading = new Map<string, Promise<SuiteAnswer>>();
      const read = (release: SuiteRelease): Promise<SuiteAnswer> => {
        const key = `${release.distribution} ${release.suite} ${release.architecture}`;
        const known = reading.get(key) ?? options.read(release, { signal });
        reading.set(key, known);
        return known;
      };
      const answers: SourceAnswer[] = [];
      for (const subject of subjects) {
        signal.throwIfAborted();
        answers.push(await answerFor(subject, read, options.clock));
      }
      return answers;
    },
  };
}

async function answerFor(
  { sbom, platform }: ScanSubject,
  read: (release: SuiteRelease) => Promise<SuiteAnswer>,
  clock: Clock,
): Promise<SourceAnswer> {
  const packages = sbom.components.filter(({ ecosystem }) => ecosystem === "deb");
  const blind = sbom.components.length > packages.length ? [BLIND] : [];
  // A root without a distribution, as that of one static program: nothing in it is a distribution's.
  if (packages.length === 0 && sbom.system === undefined) return scanned(blind, []);
  const suite = securitySuiteOf(sbom.system);
  if ("why" in suite) return { state: "unknown", facts: undefined, why: suite.why };
  if (packages.length === 0) {
    const why = `the image is of ${suite.distribution} and has no package database that says what is installed`;
    return { state: "unknown", facts: undefined, why };
  }
  const groups: Looked[] = [];
  for (const [architecture, components] of byArchitecture(packages, platform)) {
    const answer = await read({ ...suite, architecture });
    if (answer.state === "unknown") return { ...answer, facts: undefined };
    const fault = indexFault(answer.index, clock());
    if (fault !== undefined) {
      const why = answer.stale === undefined ? fault : `${fault}; ${answer.stale}`;
      return { state: "unknown", facts: factsOf([answer]), why, hint: "ask another mirror" };
    }
    groups.push({ answer, components });
  }
  return scanned(blind, groups);
}

type Known = Extract<SuiteAnswer, { readonly state: "known" }>;

interface Looked {
  readonly answer: Known;
  readonly components: readonly SbomComponent[];
}

const BLIND: BlindSpot = { ecosystem: "pypi", why: "a security suite lists packages of the system alone" };

function scanned(blind: readonly BlindSpot[], groups: readonly Looked[]): SourceAnswer {
  return {
    state: "scanned",
    facts: factsOf(groups.map(({ answer }) => answer)),
    vulnerabilities: groups.flatMap(({ answer, components }) => outdatedPackages(components, answer.index)),
    looked: { deb: groups.reduce((sum, { components }) => sum + components.length, 0), pypi: 0 },
    ...(blind.length === 0 ? {} : { blind }),
  };
}

function factsOf(answers: readonly Known[]): SourceFacts {
  const database = databaseOf(
    answers.map(({ index }) => index),
    answers.find(({ stale }) => stale !== undefined)?.stale,
  );
  return { source: "suite", tool: "apt", database };
}

/** Of several architectures, one digest of all, and the oldest date. */
function databaseOf(indexes: readonly SuiteIndex[], stale: string | undefined): SourceFacts["database"] {
  const [first, ...more] = indexes;
  if (first === undefined) return undefined;
  const { distribution, suite } = first.release;
  const architectures = indexes.map(({ release }) => release.architecture).join(", ");
  const kept = stale === undefined ? "" : `, as kept: ${stale}`;
  return {
    digest: more.length === 0 ? first.digest : digestOf(indexes.map(({ digest }) => `${digest}\n`).join("")),
    updatedAt: Math.min(...indexes.map(({ date }) => date ?? 0)),
    records: indexes.reduce((sum, { records }) => sum + records, 0),
    from: `${distribution}'s ${suite} for ${architectures}${kept}`,
  };
}

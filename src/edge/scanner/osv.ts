import { lookupKeys, type MatchResult, match } from "../../core/advisory/osv/match.ts";
import { LapstrakeError } from "../../core/base/error.ts";
import type { AdvisoryDatabase, KeptDatabase } from "./database/port.ts";
import type { ScanSubject, SourceAnswer, SourceFacts, VulnerabilitySource } from "./port.ts";

export interface OsvSourceOptions {
  /** Of Lapstrake. */
  readonly version: string;
  /** YYYY-MM-DD. */
  readonly asOf: string;
  open(signal: AbortSignal): Promise<AdvisoryDatabase>;
}

/** Our own matching of SBOMs against a database of OSV records. Nothing of an image is read but its SBOM. */
export function createOsvSource({ version, asOf, open }: OsvSourceOptions): VulnerabilitySource {
  const tool = `lapstrake ${version}`;
  return {
    name: "osv",
    async scan(subjects, { signal }) {
      try {
        const database = await open(signal);
        try {
          return await scanAll(database, subjects, { tool, asOf, signal });
        } finally {
          await database.close();
        }
      } catch (thrown) {
        signal.throwIfAborted();
        return subjects.map(() => failure(thrown));
      }
    },
  };
}

interface Scanning {
  readonly tool: string;
  readonly asOf: string;
  readonly signal: AbortSignal;
}

/** Packages that several images have are looked up once. */
async function scanAll(
  database: AdvisoryDatabase,
  subjects: readonly ScanSubject[],
  { tool, asOf, signal }: Scanning,
): Promise<readonly SourceAnswer[]> {
  const keys = subjects.flatMap(({ sbom }) =>
    sbom.components.flatMap((component) => lookupKeys(component, sbom.system)),
  );
  const index = await database.load(keys);
  const facts = factsOf(database.about, tool);
  return subjects.map(({ sbom }) => {
    signal.throwIfAborted();
    return answerOf(facts, match({ ...sbom, index, asOf }));
  });
}

function answerOf(
  facts: SourceFacts,
  { vulnerabilities, undecided, looked, blind }: MatchResult,
): SourceAnswer {
  return { state: "scanned", facts, vulnerabilities, looked, undecided, blind };
}

function factsOf({ digest, newest, records, sources }: KeptDatabase, tool: string): SourceFacts {
  const from = sources.map((each) => each.from).join(", ");
  return { source: "osv", tool, database: { digest, updatedAt: newest, records, from } };
}

/** None kept is not known; one that is not what was kept is an error. A bug of ours stays one. */
function failure(thrown: unknown): SourceAnswer {
  if (!(thrown instanceof LapstrakeError)) throw thrown;
  return {
    state: thrown.code === "DATABASE_MISSING" ? "unknown" : "error",
    facts: undefined,
    why: thrown.message,
    ...(thrown.hint === undefined ? {} : { hint: thrown.hint }),
  };
}

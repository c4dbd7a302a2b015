import type { SourceName, Vulnerability } from "../../src/core/advisory/vulnerability.ts";
import { digestOf } from "../../src/core/base/digest.ts";
import type {
  ScanSubject,
  SourceAnswer,
  SourceFacts,
  VulnerabilitySource,
} from "../../src/edge/scanner/port.ts";
import { NOON } from "./world.ts";

/** What it says of one name and version. */
export interface Known extends Partial<Pick<Vulnerability, "severity" | "fixed" | "aliases">> {
  readonly id: string;
  readonly name: string;
  readonly version: string;
}

export interface FixedSource {
  readonly name?: SourceName;
  readonly known?: readonly Known[];
  /** Replaces its answer for an image of the fleet; canaries are still seen. */
  readonly answer?: (subject: ScanSubject, answer: SourceAnswer) => SourceAnswer | undefined;
  /** Of its database: a day before a machine's first noon, where it is left out. */
  readonly updatedAt?: () => number;
  /** Happens while it looks. */
  readonly meanwhile?: () => void;
}

/** What the planted images carry; see `canary-image.ts`. */
const PLANTED: readonly Known[] = [
  { id: "CVE-2019-10906", name: "jinja2", version: "2.10", fixed: ["2.10.1"] },
  { id: "CVE-2014-0160", name: "openssl", version: "1.0.0-1", fixed: ["1.0.1g-1"] },
];

/** A source that looks at every component and knows what it is given. */
export function fixedSource({
  name = "osv",
  known = [],
  answer,
  updatedAt = () => NOON - 86_400_000,
  meanwhile,
}: FixedSource = {}): VulnerabilitySource {
  const all = [...PLANTED, ...known];
  const facts = (): SourceFacts => ({
    source: name,
    tool: "a test",
    database: { digest: digestOf("what is known"), updatedAt: updatedAt(), records: 3, from: "a test" },
  });
  return {
    name,
    scan: async (subjects) => {
      meanwhile?.();
      return subjects.flatMap((subject) => {
        const said = answerOf(subject, { facts: facts(), all });
        // A canary lies in no registry.
        const changed = subject.at === undefined || answer === undefined ? said : answer(subject, said);
        return changed === undefined ? [] : [changed];
      });
    },
  };
}

function answerOf(
  { sbom }: ScanSubject,
  { facts, all }: { readonly facts: SourceFacts; readonly all: readonly Known[] },
): SourceAnswer {
  const count = (ecosystem: "deb" | "pypi"): number =>
    sbom.components.filter((each) => each.ecosystem === ecosystem).length;
  return {
    state: "scanned",
    facts,
    looked: { deb: count("deb"), pypi: count("pypi") },
    vulnerabilities: sbom.components.flatMap((component) =>
      all
        .filter((each) => each.name === component.name && each.version === component.version)
        .map(({ id, aliases = [], severity = "high", fixed = [] }) => ({
          source: facts.source,
          id,
          aliases,
          component,
          severity,
          severityFrom: undefined,
          fixed,
          summary: "",
        })),
    ),
  };
}

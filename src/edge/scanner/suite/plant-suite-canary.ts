import { byArchitecture } from "../../../core/advisory/suite/architectures.ts";
import { securitySuiteOf } from "../../../core/advisory/suite/security-suite.ts";
import { suiteCanary } from "../../../core/advisory/suite/suite-canary.ts";
import type { ScanSubject } from "../port.ts";
import type { ReadSuite } from "./suite-source.ts";

/**
 * A subject that the suite of another must turn red: a package that its index lists, in version 0. It is scanned with the
 * others, in the same call. Where none can be made, why: then the source is not known to be alive, and its green is none.
 */
export async function plantSuiteCanary(
  { sbom, platform }: ScanSubject,
  read: ReadSuite,
  { signal }: { readonly signal: AbortSignal },
): Promise<ScanSubject | { readonly why: string }> {
  const { system } = sbom;
  const suite = securitySuiteOf(system);
  if ("why" in suite || system === undefined) return { why: "why" in suite ? suite.why : "it has no system" };
  const packages = sbom.components.filter(({ ecosystem }) => ecosystem === "deb");
  const [architecture] = byArchitecture(packages, platform).keys();
  if (architecture === undefined) return { why: "the image has no packages" };
  const answer = await read({ ...suite, architecture }, { signal });
  if (answer.state === "unknown") return { why: answer.why };
  const planted = suiteCanary(answer.index);
  if (planted === undefined) return { why: `${suite.suite} is empty: nothing planted in it could be found` };
  return { name: planted.subject.name, at: undefined, platform, sbom: { ...planted, system } };
}

import { satisfies } from "../../audit/dpkg/version.ts";
import { purl } from "../../audit/sbom/purl.ts";
import type { Sbom } from "../../audit/sbom/sbom.ts";
import type { SuiteIndex } from "./suite-index.ts";

/** Below all that a suite has. */
const PLANTED = "0";

/**
 * An image that is outdated by its making: one package that the suite lists, in version 0. Whoever reads the suite must
 * find it. Undefined where the suite is empty, as that of a release to come: then nothing proves that it is read.
 */
export function suiteCanary(index: SuiteIndex): Omit<Sbom, "system"> | undefined {
  const planted = [...index.packages].find(
    ([, { version }]) => satisfies(PLANTED, { operator: "<<", version }) === true,
  );
  if (planted === undefined) return undefined;
  const [name, { source }] = planted;
  const { distribution, suite, architecture } = index.release;
  const own = purl({
    type: "deb",
    namespace: distribution,
    name,
    version: PLANTED,
    qualifiers: { arch: architecture },
  });
  return {
    subject: { name: `canary of ${suite}`, digest: undefined, architecture },
    created: undefined,
    tool: "canary",
    components: [
      {
        id: own,
        ecosystem: "deb",
        name,
        version: PLANTED,
        purl: own,
        licences: [],
        files: [],
        dependsOn: [],
        broughtBy: undefined,
        about: { "deb:source": source.name, "deb:source-version": PLANTED },
      },
    ],
  };
}

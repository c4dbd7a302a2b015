import { allows } from "../../advisory/pep440/specifier.ts";
import { parseVersion } from "../../advisory/pep440/version.ts";
import type { Distribution, PythonEnvironment } from "../../audit/python/environment.ts";
import { evaluateMarker, type MarkerEnvironment } from "../locks/marker.ts";
import { parseRequirement } from "../locks/requirement.ts";

/** One `Requires-Dist` that applies in this environment. */
export interface AppliedRequirement {
  readonly from: Distribution;
  readonly text: string;
  /** What meets it, by name; undefined where nothing is installed under it. */
  readonly by: Distribution | undefined;
  /** False where the version that is installed is outside of what is asked for. */
  readonly accepts: boolean;
}

/** Requirements whose marker holds, or may hold; those of an extra are left out, since nothing says which extras were asked for. */
export function requirementsOf(
  environment: PythonEnvironment,
  machine: string,
): readonly AppliedRequirement[] {
  const own = environment.distributions.filter(({ vendoredBy }) => vendoredBy === undefined);
  // The first on `sys.path` is the one that importlib.metadata finds.
  const byKey = new Map(own.toReversed().map((each) => [each.key, each]));
  const { major, minor } = environment.version;
  const marker: MarkerEnvironment = { pythonVersion: `${major}.${minor}`, machine };
  return own.flatMap((from) =>
    from.requires.flatMap((text): AppliedRequirement[] => {
      const parsed = parseRequirement(text);
      if (parsed === undefined) return [];
      if (parsed.marker !== undefined && evaluateMarker(parsed.marker, marker) !== true) return [];
      const by = byKey.get(parsed.name);
      const version = by && parseVersion(by.version);
      const accepts = version === undefined || allows(parsed.specifiers, version);
      return [{ from, text, by, accepts }];
    }),
  );
}

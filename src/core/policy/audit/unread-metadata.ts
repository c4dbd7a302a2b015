import { parseSpecifiers } from "../../advisory/pep440/specifier.ts";
import { parseVersion } from "../../advisory/pep440/version.ts";
import type { Distribution, PythonEnvironment } from "../../audit/python/environment.ts";
import { parseRequirement } from "../locks/requirement.ts";

/** What distributions say of themselves that nobody can read, so that nothing is compared with it. */
export function unreadMetadata({
  distributions,
}: PythonEnvironment): readonly { readonly path: string; readonly why: string }[] {
  return distributions.flatMap(({ metadata, ...each }) =>
    unreadOf(each).map((why) => ({ path: metadata, why })),
  );
}

function unreadOf({
  name,
  version,
  requires,
  requiresPython,
}: Pick<Distribution, "name" | "version" | "requires" | "requiresPython">): readonly string[] {
  return [
    ...(parseVersion(version) === undefined
      ? [`${name} has the version ${version}, which is none: whether others accept it is not known`]
      : []),
    ...requires
      .filter((text) => parseRequirement(text) === undefined)
      .map((text) => `${name} requires ${text}, which is no requirement`),
    ...(requiresPython !== undefined && parseSpecifiers(requiresPython) === undefined
      ? [`${name} requires Python ${requiresPython}, which is no set of versions`]
      : []),
  ];
}

import { DEFAULT_TAG, expandTag, tagPattern } from "../../core/blueprint/tag.ts";
import { isPlatform } from "../../core/oci/parse-platform.ts";
import { isRepository, isTag } from "../../core/oci/reference.ts";
import { type Answer, type Check, failure, ok } from "./check.ts";
import type { Ground } from "./ground.ts";
import { showVariable } from "./show-variable.ts";

/** Those of the guide that change what a run does. */
const GUIDE = [
  "ORG",
  "DATE",
  "SHA",
  "TAG",
  "PLATFORM",
  "CACHE_FROM",
  "CACHE_TO",
  "GH_USERNAME",
  "GH_TOKEN",
] as const;
type GuideVariable = (typeof GUIDE)[number];

/** Which of the guide's variables are in force; one that a run would refuse is a failure. */
export function variablesCheck(ground: Ground): Check {
  return {
    ids: ["variables"],
    area: "configuration",
    late: "unknown",
    run: () => Promise.resolve(look(ground)),
  };
}

function look({ world, fleet }: Ground): readonly Answer[] {
  const scheme = fleet.state === "loaded" ? fleet.fleet.blueprint.tag : DEFAULT_TAG;
  const valueOf = (name: GuideVariable): string => world.env[name] ?? "";
  const set = GUIDE.filter((name) => valueOf(name) !== "");
  const unset = GUIDE.filter((name) => valueOf(name) === "");
  const rest = unset.length === 0 ? [] : [`not set: ${unset.join(", ")}`];
  const summary = ok("variables", [`set: ${set.length === 0 ? "none" : set.join(", ")}`, ...rest].join("; "));
  return [
    summary,
    ...set.map((name) => {
      const id = `variable:${name}`;
      const why = refusal(name, valueOf, scheme);
      const shown = showVariable(name, valueOf(name));
      return why === undefined
        ? ok(id, name === "GH_TOKEN" ? "set (its value is never shown)" : shown)
        : failure(id, `"${shown}" ${why}`, `unset ${name}`);
    }),
  ];
}

/** Why a run would refuse the value, or undefined. */
function refusal(
  name: GuideVariable,
  valueOf: (name: GuideVariable) => string,
  scheme: string,
): string | undefined {
  const value = valueOf(name);
  switch (name) {
    case "ORG":
      return isRepository(value) ? undefined : "is no namespace of a registry (lower case, digits, . _ - /)";
    case "TAG":
      return follows(value, scheme) ? undefined : `does not follow the tag scheme ${scheme}`;
    // TAG alone decides where it is set.
    case "DATE":
      if (valueOf("TAG") !== "" || follows(expandTag(scheme, { date: value, sha: "0000000" }), scheme))
        return undefined;
      return "is no date of eight digits";
    case "SHA":
      if (valueOf("TAG") !== "" || follows(expandTag(scheme, { date: "20000101", sha: value }), scheme))
        return undefined;
      return "is no commit of 7 to 40 hex digits";
    case "PLATFORM":
      return value.split(",").every(isPlatform) ? undefined : "is no list of platforms such as linux/amd64";
    case "CACHE_FROM":
    case "CACHE_TO":
    case "GH_USERNAME":
    case "GH_TOKEN":
      return undefined;
  }
}

function follows(tag: string, scheme: string): boolean {
  return isTag(tag) && tagPattern(scheme).test(tag);
}

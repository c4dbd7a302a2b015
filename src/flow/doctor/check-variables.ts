import { isAbsolute } from "node:path";
import { DEFAULT_TAG, expandTag, tagPattern } from "../../core/blueprint/tag.ts";
import { isPlatform } from "../../core/oci/parse-platform.ts";
import { isRepository, isTag } from "../../core/oci/reference.ts";
import { type Answer, type Check, failure, ok } from "./check.ts";
import type { Ground } from "./ground.ts";
import { showVariable } from "./show-variable.ts";

/** Those of the guide that change what a run does, and those of our own. */
const READ = [
  "ORG",
  "DATE",
  "SHA",
  "TAG",
  "PLATFORM",
  "CACHE_FROM",
  "CACHE_TO",
  "GH_USERNAME",
  "GH_TOKEN",
  "LAPSTRAKE_REGISTRY",
  "LAPSTRAKE_STATE",
  "LAPSTRAKE_ENGINE",
  "LAPSTRAKE_TRIVY",
] as const;
type ReadVariable = (typeof READ)[number];

/** Which of the variables that a run reads are in force; one that a run would refuse is a failure. */
export function variablesCheck(ground: Ground): Check {
  return {
    ids: ["variables"],
    area: "configuration",
    late: "unknown",
    run: () => look(ground),
  };
}

async function look({ world, fleet }: Ground): Promise<readonly Answer[]> {
  const scheme = fleet.state === "loaded" ? fleet.fleet.blueprint.tag : DEFAULT_TAG;
  const valueOf = (name: ReadVariable): string => world.env[name] ?? "";
  const set = READ.filter((name) => valueOf(name) !== "");
  const unset = READ.filter((name) => valueOf(name) === "");
  const rest = unset.length === 0 ? [] : [`not set: ${unset.join(", ")}`];
  // It stands on the schemas of the blueprint, as for the run itself.
  const { parseRegistry } = await import("../../core/blueprint/shape/place.ts");
  const summary = ok("variables", [`set: ${set.length === 0 ? "none" : set.join(", ")}`, ...rest].join("; "));
  return [
    summary,
    ...set.map((name) => {
      const id = `variable:${name}`;
      const why = refusal(name, valueOf, { scheme, parseRegistry });
      const shown = showVariable(name, valueOf(name));
      return why === undefined
        ? ok(id, name === "GH_TOKEN" ? "set (its value is never shown)" : shown)
        : failure(id, `"${shown}" ${why}`, `unset ${name}`);
    }),
  ];
}

interface Rules {
  readonly scheme: string;
  readonly parseRegistry: (text: string) => { readonly value: unknown } | { readonly expected: string };
}

/** Why a run would refuse the value, or undefined. */
function refusal(
  name: ReadVariable,
  valueOf: (name: ReadVariable) => string,
  { scheme, parseRegistry }: Rules,
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
    case "LAPSTRAKE_REGISTRY": {
      const read = parseRegistry(value);
      return "value" in read ? undefined : `is not ${read.expected}`;
    }
    case "LAPSTRAKE_STATE":
      return isAbsolute(value) ? undefined : "is no absolute path";
    case "LAPSTRAKE_ENGINE":
      return value === "private" || value === "host" ? undefined : "is neither private nor host";
    case "CACHE_FROM":
    case "CACHE_TO":
    case "GH_USERNAME":
    case "GH_TOKEN":
    case "LAPSTRAKE_TRIVY":
      return undefined;
  }
}

function follows(tag: string, scheme: string): boolean {
  return isTag(tag) && tagPattern(scheme).test(tag);
}

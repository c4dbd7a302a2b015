import { allows } from "../../advisory/pep440/specifier.ts";
import { parseVersion } from "../../advisory/pep440/version.ts";
import { canonicalName } from "../../audit/python/canonical-name.ts";
import type { Distribution, PythonEnvironment } from "../../audit/python/environment.ts";
import { evaluateMarker, type MarkerResult } from "../locks/marker.ts";
import { readPipInstalls } from "../locks/pip-installs.ts";
import { type ParsedName, parseRequirement } from "../locks/requirement.ts";

/** One `Requires-Dist` that applies in this environment. */
export interface AppliedRequirement {
  readonly from: Distribution;
  readonly text: string;
  /** What meets it, by name; undefined where nothing is installed under it. */
  readonly by: Distribution | undefined;
  /** False where the version that is installed is outside of what is asked for. */
  readonly accepts: boolean;
}

/** By a distribution's normalised name, its extras that somebody asked for, normalised. */
export type AskedExtras = ReadonlyMap<string, ReadonlySet<string>>;

/** `name[extra]` on command lines that install. */
export function askedExtras(commands: readonly string[]): AskedExtras {
  const asked = new Map<string, Set<string>>();
  for (const shell of commands)
    for (const { operands } of readPipInstalls(shell))
      for (const { text } of operands) {
        const parsed = text.includes("[") ? parseRequirement(text) : undefined;
        if (parsed !== undefined) ask(asked, parsed);
      }
  return asked;
}

function ask(asked: Map<string, Set<string>>, { name, extras }: ParsedName): boolean {
  const known = asked.get(name) ?? new Set();
  const before = known.size;
  for (const extra of extras) known.add(canonicalName(extra));
  if (known.size > before) asked.set(name, known);
  return known.size > before;
}

interface Written {
  readonly from: Distribution;
  readonly text: string;
  readonly parsed: ParsedName;
}

/**
 * Requirements whose marker holds; one that only may hold counts where it is met. Those of an extra are left out unless a
 * requirement that applies asks for it, or `asked` does.
 */
export function requirementsOf(
  { distributions, version }: PythonEnvironment,
  { machine, asked }: { readonly machine: string; readonly asked: AskedExtras },
): readonly AppliedRequirement[] {
  // The first on `sys.path` is the one that importlib.metadata finds.
  const byKey = new Map(distributions.toReversed().map((each) => [each.key, each]));
  const written = distributions.flatMap((from) =>
    from.requires.flatMap((text): Written[] => {
      const parsed = parseRequirement(text);
      return parsed === undefined ? [] : [{ from, text, parsed }];
    }),
  );
  const extras = new Map([...asked].map(([name, of]) => [name, new Set(of)]));
  const holds = ({ from, parsed }: Written): MarkerResult => {
    if (parsed.marker === undefined) return true;
    const environment = { pythonVersion: `${version.major}.${version.minor}`, machine };
    const results = new Set(
      [...(extras.get(from.key) ?? [""])].map((extra) =>
        evaluateMarker(parsed.marker ?? "", { ...environment, extra }),
      ),
    );
    return results.has(true) || (results.has(undefined) ? undefined : false);
  };
  // What one asks for may make another ask.
  for (let grows = true; grows; ) {
    const applied = written.filter((each) => each.parsed.extras.length > 0 && holds(each) === true);
    grows = applied.filter(({ parsed }) => ask(extras, parsed)).length > 0;
  }
  return written.flatMap((each): AppliedRequirement[] => {
    const { from, text, parsed } = each;
    const by = byKey.get(parsed.name);
    const result = holds(each);
    if (result === false || (result === undefined && by === undefined)) return [];
    const installed = by && parseVersion(by.version);
    const accepts = result === undefined || installed === undefined || allows(parsed.specifiers, installed);
    return [{ from, text, by, accepts }];
  });
}

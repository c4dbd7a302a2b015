import { digestOf } from "../core/base/digest.ts";
import { canonicalJson } from "../core/base/json.ts";
import type { Blueprint } from "../core/blueprint/blueprint.ts";
import type { Lock } from "../core/blueprint/lock.ts";
import type { PhasePlan } from "../core/blueprint/phase-plan.ts";
import type { PlanNames } from "../core/blueprint/plan-problems.ts";
import type { ResolvedDockerfile, ResolveOptions } from "../core/dockerfile/resolved.ts";
import type { ParseCache } from "../edge/tree/port.ts";

/** The readers of a fleet's texts. Errors are those of the parsers, and are never kept. */
export interface Parser {
  blueprint(text: string, file: string): Promise<Blueprint>;
  lock(text: string, file: string): Promise<Lock>;
  plan(text: string, file: string, names: PlanNames): Promise<PhasePlan>;
  dockerfile(text: string, file: string, options: ResolveOptions): Promise<ResolvedDockerfile>;
  save(): Promise<void>;
}

/**
 * Parses each text once: a run that finds all of them unchanged loads no YAML, no schema and no Dockerfile parser,
 * which is most of what a no-op would cost. The results are plain data by contract.
 */
export function createParser(cache: ParseCache): Parser {
  return {
    blueprint: (text, file) =>
      through(cache, keyOf("blueprint", text, file), async () =>
        (await import("../core/blueprint/parse.ts")).parseBlueprint(text, file),
      ),
    lock: (text, file) =>
      through(cache, keyOf("lock", text, file), async () =>
        (await import("../core/blueprint/parse-lock.ts")).parseLock(text, file),
      ),
    plan: (text, file, names) =>
      through(cache, keyOf("plan", text, canonicalJson({ file, names: { ...names } })), async () =>
        (await import("../core/blueprint/parse-plan.ts")).parsePlan(text, file, names),
      ),
    dockerfile: (text, file, options) =>
      through(cache, keyOf("dockerfile", text, canonicalJson({ ...options, file })), async () => {
        const [{ parseDockerfile }, { resolveDockerfile }] = await Promise.all([
          import("../core/dockerfile/parse.ts"),
          import("../core/dockerfile/resolve.ts"),
        ]);
        return resolveDockerfile(parseDockerfile(text, file), options);
      }),
    save: () => cache.save(),
  };
}

function keyOf(kind: string, text: string, rest: string): string {
  return `${kind} ${digestOf(text)} ${digestOf(rest)}`;
}

async function through<Parsed>(
  cache: ParseCache,
  key: string,
  parse: () => Promise<Parsed>,
): Promise<Parsed> {
  // Under this key only the same parser's result is kept.
  const known = cache.get(key) as Parsed | undefined;
  if (known !== undefined) return known;
  const parsed = await parse();
  cache.set(key, parsed);
  return parsed;
}

import type { Dockerfile } from "./dockerfile.ts";
import { LABS_FLAGS } from "./instruction-flags.ts";
import type { Finding } from "./resolved.ts";

/** What is worth knowing of a file before the builder says it, whatever the arguments. */
export function dockerfileFindings(dockerfile: Dockerfile): readonly Finding[] {
  return [
    ...frontendFindings(dockerfile),
    ...duplicateStages(dockerfile),
    ...dockerfile.emptyContinuations.map((line): Finding => {
      const message =
        "an empty line inside a continued instruction: BuildKit warns that this will be an error";
      const at = { file: dockerfile.file, line, column: 1 };
      return { rule: "dockerfile-empty-continuation", severity: "warning", message, at };
    }),
  ];
}

function frontendFindings({ syntax, stages }: Dockerfile): readonly Finding[] {
  if (syntax !== undefined) {
    const { ref, at } = syntax;
    const needs: Finding = {
      rule: "dockerfile-needs-frontend",
      severity: "warning",
      message: `BuildKit will fetch the frontend image ${ref}: a registry in its reach must have it`,
      at,
    };
    // The identity has the words of this line: what they name must not change under it.
    if (/@sha256:[0-9a-f]{64}$/.test(ref)) return [needs];
    const message = `the frontend ${ref} is named by a tag: where that moves, the same identity builds another image; pin it as NAME@sha256:DIGEST`;
    return [needs, { rule: "dockerfile-frontend-by-tag", severity: "warning", message, at }];
  }
  return stages.flatMap(({ instructions }) =>
    instructions.flatMap(({ name, flags, at }) =>
      flags
        .filter((flag) => LABS_FLAGS[name]?.includes(flag.name) === true)
        .map((flag): Finding => {
          const message = `the engine's own frontend refuses ${name} --${flag.name}; it needs docker/dockerfile:1-labs`;
          return { rule: "dockerfile-frontend-refuses", severity: "error", message, at };
        }),
    ),
  );
}

function duplicateStages({ stages }: Dockerfile): readonly Finding[] {
  const seen = new Set<string>();
  return stages.flatMap(({ name, at }): readonly Finding[] => {
    if (name === undefined) return [];
    const repeated = seen.has(name);
    seen.add(name);
    const message = `two stages are named ${name}: the later one wins`;
    return repeated ? [{ rule: "dockerfile-duplicate-stage", severity: "warning", message, at }] : [];
  });
}

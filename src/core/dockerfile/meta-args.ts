import type { SourcePosition } from "../base/error.ts";
import type { Dockerfile } from "./dockerfile.ts";
import type { Environment } from "./environment.ts";
import type { Expander } from "./expander.ts";
import type { DeclaredArg, ResolveOptions } from "./resolved.ts";

/** An argument as the outline shows it. */
export interface ArgInfo {
  readonly value: string;
  readonly at: SourcePosition;
  /** Other arguments that its default uses. */
  readonly deps: ReadonlySet<string>;
}

/**
 * The ARGs before the first FROM, in order; they are added to `globals`, which already holds the platform arguments.
 * A passed value wins over a default, whose text is then not even looked at.
 */
export function readMetaArgs(
  dockerfile: Dockerfile,
  context: { readonly options: ResolveOptions; readonly expander: Expander; readonly globals: Environment },
): { readonly infos: ReadonlyMap<string, ArgInfo>; readonly declared: readonly DeclaredArg[] } {
  const { options, expander, globals } = context;
  const infos = new Map<string, ArgInfo>();
  const declared: DeclaredArg[] = [];
  for (const { pairs, at } of dockerfile.metaArgs) {
    for (const { key, value: text } of pairs) {
      const passed = Object.hasOwn(options.args, key) ? options.args[key] : undefined;
      const result = text === undefined || passed !== undefined ? undefined : expander.lex(text, globals, at);
      const value = passed ?? result?.text;
      if (value !== undefined) globals.set(key, value);
      infos.set(key, { value: value ?? "", at, deps: dependencies(key, result?.set, infos) });
      declared.push({
        name: key,
        at,
        ...(text === undefined ? {} : { default: result?.text ?? unquoted(text) }),
      });
    }
  }
  return { infos, declared };
}

/** A default that refers to the argument itself (`ARG A=${A}x` after `ARG A=y`) depends on what that one did. */
function dependencies(
  key: string,
  used: ReadonlySet<string> | undefined,
  infos: ReadonlyMap<string, ArgInfo>,
): ReadonlySet<string> {
  const deps = new Set(used);
  if (deps.delete(key)) for (const dep of infos.get(key)?.deps ?? []) deps.add(dep);
  return deps;
}

/** A default for people to read, where it is not evaluated: without the quotes around it. */
export function unquoted(text: string): string {
  return /^(["'])[^"'\\$]*\1$/.test(text) ? text.slice(1, -1) : text;
}

import type { ArgInfo } from "./meta-args.ts";
import type { UsedArg } from "./resolved.ts";
import type { StageContext } from "./stage-context.ts";
import type { StageState } from "./stage-states.ts";

/**
 * The arguments that a build of `target` consumes, as `--call=outline` lists them: ARGs of the stages that it needs, and
 * those from before the first FROM that a FROM line or another such ARG uses. In the order of the file.
 */
export function usedArgsOf(
  target: StageState,
  contexts: ReadonlyMap<StageState, StageContext>,
  metaArgs: ReadonlyMap<string, ArgInfo>,
): readonly UsedArg[] {
  const found = new Map<string, UsedArg>();
  const seen = new Set<StageState>();
  const waiting = [target];
  for (let state = waiting.shift(); state !== undefined; state = waiting.shift()) {
    if (seen.has(state)) continue;
    seen.add(state);
    const context = contexts.get(state);
    const own = context?.args ?? new Map<string, ArgInfo>();
    const names = closure(
      [...state.usedArgs, ...(context?.usedArgs ?? [])],
      (name) => own.get(name) ?? metaArgs.get(name),
    );
    for (const [name, { value, at }] of names) {
      if (!found.has(name)) found.set(name, { name, value, at });
    }
    if (state.base !== undefined) waiting.unshift(state.base);
    waiting.push(...state.deps);
  }
  return [...found.values()].sort((a, b) => a.at.line - b.at.line);
}

function closure(
  names: readonly string[],
  info: (name: string) => ArgInfo | undefined,
): ReadonlyMap<string, ArgInfo> {
  const found = new Map<string, ArgInfo>();
  const seen = new Set<string>();
  const waiting = [...names];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const arg = info(name);
    if (arg === undefined) continue;
    found.set(name, arg);
    waiting.push(...arg.deps);
  }
  return found;
}

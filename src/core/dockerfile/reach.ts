import { parseTrigger } from "./parse.ts";
import type { StageState, StageStates } from "./stage-states.ts";

/**
 * Everything that the target needs. ONBUILD triggers of a base stage become the first commands of each stage on it,
 * which may in turn need more. Triggers that an external image carries are not known here.
 */
export function reachableStates(states: StageStates, target: StageState): ReadonlySet<StageState> {
  const reached = new Set<StageState>();
  const waiting = [target];
  for (let state = waiting.pop(); state !== undefined; state = waiting.pop()) {
    if (reached.has(state)) continue;
    reached.add(state);
    takeTriggers(states, state);
    if (state.base !== undefined) waiting.push(state.base);
    waiting.push(...state.deps);
  }
  return reached;
}

function takeTriggers(states: StageStates, state: StageState): void {
  const triggers = (state.base?.stage?.instructions ?? []).flatMap(({ trigger, at }) =>
    trigger === undefined ? [] : states.addCommand(state, parseTrigger(trigger, at), true),
  );
  state.commands.unshift(...triggers);
}

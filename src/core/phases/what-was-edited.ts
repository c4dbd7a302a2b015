import { canonicalJson, type Json } from "../base/json.ts";

/** What a phase's part of the plan says today that the plan of its gate did not, in words; empty where it is the same. */
export function whatWasEdited(
  signedOff: unknown,
  now: Readonly<Record<string, unknown>>,
  id: string,
): readonly string[] {
  const before = partOf(signedOff, id);
  if (before === undefined)
    return ["the plan that its gate was about is not in the store of evidence any more"];
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  const edited = [...names].filter((name) => text(before[name]) !== text(now[name]));
  return edited.length === 0 ? [] : [`edited since its gate: ${edited.join(", ")}`];
}

/** A phase of a plan's canonical text (`planText`); undefined where that is none, or has no such phase. */
function partOf(plan: unknown, id: string): Readonly<Record<string, unknown>> | undefined {
  if (typeof plan !== "object" || plan === null || !("phases" in plan) || !Array.isArray(plan.phases))
    return undefined;
  const phases: readonly unknown[] = plan.phases;
  // The text is checked by its digest; only its writer's version may differ.
  return phases.find((each) => (each as { id?: unknown } | null)?.id === id) as
    | Readonly<Record<string, unknown>>
    | undefined;
}

function text(value: unknown): string {
  // Both sides are JSON: one was read from a text, the other is about to become one.
  return value === undefined ? "" : canonicalJson(value as Json);
}

import { formatPosition, type SourcePosition } from "../../base/error.ts";
import type { Finding } from "../../base/finding.ts";

/** Two places that cannot both be meant. A finding with a name that people can decide about. */
export interface Contradiction extends Finding {
  /** RULE/SUBJECT: the same as long as the same two places disagree, wherever they move to. */
  readonly id: string;
  readonly at: SourcePosition;
  /** The other place; missing where it is no file of ours (what PyTorch takes). */
  readonly against?: SourcePosition;
  /** What each place says, the first two first. */
  readonly chain: readonly string[];
  /** The resolution that is proposed. */
  readonly hint: string;
}

export interface Place {
  readonly at: SourcePosition | undefined;
  readonly says: string;
}

export interface ContradictionParts {
  readonly rule: string;
  /** What it is about, without blanks. */
  readonly subject: string;
  readonly message: string;
  readonly places: readonly [Place & { readonly at: SourcePosition }, ...Place[]];
  readonly resolution: string;
}

const SHOWN = 8;

export function contradiction(parts: ContradictionParts): Contradiction {
  const { rule, subject, message, places, resolution } = parts;
  const [{ at }, other] = places;
  const more = places.length - SHOWN;
  return {
    rule,
    id: `${rule}/${subject.replaceAll(/\s+/g, "-").slice(0, 200)}`,
    level: "warning",
    message,
    at,
    ...(other?.at === undefined ? {} : { against: other.at }),
    chain: [
      ...places
        .slice(0, SHOWN)
        .map((place) => (place.at === undefined ? place.says : `${formatPosition(place.at)}: ${place.says}`)),
      ...(more > 0 ? [`and ${more} more`] : []),
    ],
    hint: resolution,
  };
}

/** Values in the order in which their keys are first met. */
export function groupBy<Value>(
  values: readonly Value[],
  keyOf: (value: Value) => string,
): ReadonlyMap<string, readonly [Value, ...Value[]]> {
  const groups = new Map<string, [Value, ...Value[]]>();
  for (const value of values) {
    const group = groups.get(keyOf(value));
    if (group === undefined) groups.set(keyOf(value), [value]);
    else group.push(value);
  }
  return groups;
}

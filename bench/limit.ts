import type { Spread } from "./statistics.ts";

/** One thing that a target asks for. Times and sizes are compared by their medians. */
export interface Limit {
  readonly kind: "ratio-at-least" | "ratio-at-most" | "ours-below" | "ours-at-most-peer-plus";
  readonly value: number;
}

export interface Judged {
  readonly ours: Spread;
  readonly peer: Spread | null;
  readonly ratio: number | null;
}

interface Rule {
  readonly holds: (value: number, judged: Judged) => boolean;
  readonly text: (value: number, unit: string) => string;
}

const RULES: Readonly<Record<Limit["kind"], Rule>> = {
  "ratio-at-least": {
    holds: (value, { ratio }) => ratio !== null && ratio >= value,
    text: (value) => `ratio at least ${value}`,
  },
  "ratio-at-most": {
    holds: (value, { ratio }) => ratio !== null && ratio <= value,
    text: (value) => `ratio at most ${value}`,
  },
  "ours-below": {
    holds: (value, { ours }) => ours.median < value,
    text: (value, unit) => `ours below ${value} ${unit}`,
  },
  "ours-at-most-peer-plus": {
    holds: (value, { ours, peer }) => peer !== null && ours.median <= peer.median + value,
    text: (value, unit) => `ours at most the peer's + ${value} ${unit}`,
  },
};

/** False also where the limit needs a peer or a ratio that is not there: unknown is never good. */
export function holds(limit: Limit, judged: Judged): boolean {
  return RULES[limit.kind].holds(limit.value, judged);
}

export function describeLimit(limit: Limit, unit: string): string {
  return RULES[limit.kind].text(limit.value, unit);
}

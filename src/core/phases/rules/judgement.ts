/** What the facts say of a rule. "unknown": they do not tell, and that is never good news. */
export interface Judgement {
  readonly outcome: "holds" | "fails" | "unknown";
  /** One line. */
  readonly reason: string;
}

export interface Weights {
  readonly fails?: readonly string[];
  readonly unknown?: readonly string[];
  /** What was looked at and found good. */
  readonly holds: string;
}

/** One failure fails it; otherwise one thing that is not known leaves it unknown. */
export function weigh({ fails = [], unknown = [], holds }: Weights): Judgement {
  if (fails.length > 0) return { outcome: "fails", reason: sentence([...fails, ...unknown]) };
  if (unknown.length > 0) return { outcome: "unknown", reason: sentence(unknown) };
  return { outcome: "holds", reason: holds };
}

const SHOWN = 12;

/** Several things on one line; what is too much is counted. */
export function sentence(parts: readonly string[], separator = "; "): string {
  const more = parts.length > SHOWN ? `${separator}and ${parts.length - SHOWN} more` : "";
  return parts.slice(0, SHOWN).join(separator) + more;
}

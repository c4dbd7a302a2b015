export interface Diversion {
  /** Plain paths. */
  readonly from: string;
  readonly to: string;
  /** The package that keeps the path; ":" for one that an administrator made, which moves every package's file. */
  readonly by: string;
}

const MAX_DIVERSIONS = 10_000;

/** `var/lib/dpkg/diversions`: three lines each, the path, where others' files go, and who has it. A torn last one is none. */
export function readDiversions(text: string): readonly Diversion[] {
  const lines = text.split("\n", 3 * MAX_DIVERSIONS + 1);
  const found: Diversion[] = [];
  for (let at = 0; at + 2 < lines.length; at += 3) {
    const [from = "", to = "", by = ""] = lines.slice(at, at + 3);
    if (from.startsWith("/") && to.startsWith("/") && by !== "")
      found.push({ from: from.slice(1), to: to.slice(1), by });
  }
  return found;
}

/**
 * Something that an engine or a tool must be able to do, found out by doing it. `unknown` means that it could not be
 * tried, and is never good news.
 */
export interface Capability<Id extends string = string> {
  readonly id: Id;
  readonly state: "ok" | "lacking" | "unknown";
  /** What was found, or why it is lacking or unknown: one line. */
  readonly reason: string;
}

/** `more`: signed bytes. */
export type CellKind = "text" | "bytes" | "count" | "more";

/** A table of the page, to filter and to sort. */
export interface PageTable {
  readonly title: string;
  readonly heads: readonly (readonly [string, CellKind])[];
  /** Null: not known. */
  readonly rows: readonly (readonly (string | number | null)[])[];
  /** How many there are, where these are not all. */
  readonly total?: number;
}

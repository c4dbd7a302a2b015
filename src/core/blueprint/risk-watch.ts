/** How a program sees that a risk has come true. */
export type RiskWatch =
  /** An NVIDIA driver older than `floor` ("535") on one of the machines; on any that has a GPU where none is named. */
  | { readonly kind: "driver"; readonly floor: string; readonly machines: readonly string[] }
  /** Something still builds on the image after this day (YYYY-MM-DD). */
  | { readonly kind: "expiry"; readonly image: string; readonly until: string }
  /** The build caches in the registry are bigger than so many bytes. */
  | { readonly kind: "cache-quota"; readonly limit: number }
  /** An entry that lets an advisory pass has expired. */
  | { readonly kind: "allowlist"; readonly entries: readonly AllowedAdvisory[] };

/** An advisory that is allowed for one component, by its digest, until a day (YYYY-MM-DD). */
export interface AllowedAdvisory {
  readonly id: string;
  readonly component: string;
  readonly expires: string;
  readonly approver: string;
  readonly why: string;
}

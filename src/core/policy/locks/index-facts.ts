/** What a package index lists of one version of a distribution. */
export type IndexedVersion =
  /** `sha256:HEX` of every file. */
  | { readonly state: "listed"; readonly hashes: readonly string[] }
  /** The index answered, and has no such version. */
  | { readonly state: "absent" }
  | { readonly state: "unknown"; readonly why: string };

/** A distribution and the version that a lock pins. */
export interface Pin {
  /** Normalised. */
  readonly name: string;
  readonly version: string;
}

/** The answers of the index that the host's Python client is configured for, by `pinKey`; or why there are none. */
export type IndexFacts =
  | {
      readonly state: "asked";
      readonly client: string;
      readonly versions: ReadonlyMap<string, IndexedVersion>;
    }
  | { readonly state: "not-asked"; readonly why: string; readonly hint?: string };

export function pinKey({ name, version }: Pin): string {
  return `${name}==${version}`;
}

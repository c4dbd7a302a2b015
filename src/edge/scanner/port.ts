import type {
  BlindSpot,
  SourceName,
  UndecidedVulnerability,
  Vulnerability,
} from "../../core/advisory/vulnerability.ts";
import type { Sbom } from "../../core/audit/sbom/sbom.ts";
import type { Digest } from "../../core/base/digest.ts";

/** An image that a source is asked about. What is in it was read by us; a source that saw less is not believed. */
export interface ScanSubject {
  readonly name: string;
  /** Undefined for what lies in no registry: a canary, a folder. */
  readonly at: { readonly host: string; readonly repository: string; readonly digest: Digest } | undefined;
  /** An OCI image layout folder that holds it, where it lies in no registry. */
  readonly layout?: string;
  /** As OCI writes it: `linux/amd64`. */
  readonly platform: string;
  readonly sbom: Sbom;
}

/** What a source used to come to its answer. */
export interface SourceFacts {
  readonly source: SourceName;
  /** Of the program that answered. */
  readonly tool: string;
  readonly database:
    | {
        readonly digest: Digest;
        /** Milliseconds since 1970: when what it knows was put together, not when it was fetched. */
        readonly updatedAt: number;
        readonly records?: number;
        /** In words, where it is from. */
        readonly from: string;
      }
    | undefined;
}

/**
 * `unknown`: it could not be told, as without a database. `error`: the source broke, or saw no packages in an image that has
 * some. Neither is ever taken for the absence of vulnerabilities.
 */
export type SourceAnswer =
  | {
      readonly state: "scanned";
      readonly facts: SourceFacts;
      readonly vulnerabilities: readonly Vulnerability[];
      /** Components that it looked at, by ecosystem. */
      readonly looked: { readonly deb: number; readonly pypi: number };
      /** What may be there and may not. */
      readonly undecided?: readonly UndecidedVulnerability[];
      /** Ecosystems of the image that it knows nothing of: what it does not say of them is not that there is nothing. */
      readonly blind?: readonly BlindSpot[];
    }
  | {
      readonly state: "unknown" | "error";
      readonly facts: SourceFacts | undefined;
      readonly why: string;
      readonly hint?: string;
    };

/** A source of what is known to be vulnerable. Its failures are answers; only an abort is thrown. */
export interface VulnerabilitySource {
  readonly name: SourceName;
  /** An answer for each subject, in their order. */
  scan(
    subjects: readonly ScanSubject[],
    options: { readonly signal: AbortSignal },
  ): Promise<readonly SourceAnswer[]>;
}

import type { Digest } from "../base/digest.ts";
import type { SourcePosition } from "../base/error.ts";
import type { GateName } from "./gate-policy.ts";

/** What may stand for a while although a gate denies it. */
export interface Waiver {
  readonly gate: GateName;
  /** What was found, by the name that reports show or an alias of it: `CVE-2024-1234`, `setuid`. */
  readonly id: string;
  /** A name of the fleet, or `*` for all. */
  readonly image: string;
  /** Only this component: a package URL, of every version where it names none; or a path in the image. */
  readonly component?: string;
  /** Only this very image. */
  readonly digest?: Digest;
  readonly why: string;
  readonly who: string;
  /** YYYY-MM-DD. From the day that it was granted to its last day. */
  readonly from: string;
  readonly until: string;
  readonly at: SourcePosition;
}

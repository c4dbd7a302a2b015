import type { Digest } from "../../core/base/digest.ts";
import type { ImageAudit } from "../../core/policy/audit/image-audit.ts";
import type { Reached } from "../../core/policy/audit/reached-by-path.ts";
import type { FleetState } from "../world.ts";

export interface AuditAsk {
  /** Images of the fleet by name, or any image by its place (`parseImagePlace`); all of the newest release where there is none. */
  readonly images: readonly string[];
  /** Also all that is built on the named ones of the fleet. */
  readonly dependents: boolean;
  /** Judge each by itself: what images built on it use counts for nothing. */
  readonly alone: boolean;
  /** Also every file that is reached, for who follows chains. */
  readonly reached: boolean;
}

export interface AuditReport {
  readonly release: string | undefined;
  readonly images: readonly AuditedTarget[];
  /** Images of the fleet that were asked for or built on those, and are not there to be read. */
  readonly left: readonly { readonly name: string; readonly why: string }[];
  /** Of the fleet, where what was found is kept; undefined where nothing of a fleet was asked for. */
  readonly state: FleetState | undefined;
}

export interface AuditedTarget {
  readonly name: string;
  /** Undefined for what has no manifest: a folder. */
  readonly digest: Digest | undefined;
  readonly source: string;
  /** One of the fleet's, and not found by a place. */
  readonly ofFleet: boolean;
  readonly audit: ImageAudit;
  readonly reached?: Reached;
  /** Why nobody could say which packages bring what is missing. */
  readonly unasked?: string;
}

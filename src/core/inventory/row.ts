import type { Digest } from "../base/digest.ts";
import type { EngineCell } from "./compare-engine.ts";
import type { RegistryCell } from "./compare-registry.ts";
import { type DriftClass, isDrift } from "./drift.ts";
import type { Role } from "./ours.ts";

export interface PlatformDigest {
  /** `linux/amd64`; `unknown/unknown` for an attestation. */
  readonly platform: string;
  readonly digest: Digest;
  /** The index names it, and the registry lost it. */
  readonly lost: boolean;
}

/** One image and tag. */
export interface InventoryRow {
  /** The name in the blueprint; the repository (with a host, where it is another one) of all else. */
  readonly image: string;
  readonly repository: string;
  /** Undefined where nothing stands yet, and for what an engine holds by digest only. */
  readonly tag: string | undefined;
  readonly role: Role;
  readonly declared: boolean;
  /** It is of the last release, or should be. */
  readonly current: boolean;
  readonly drift: DriftClass;
  readonly reasons: readonly string[];
  /** The last release was asked for without it: told, and no drift. */
  readonly chosen: boolean;
  /** The image of the fleet, or the root, that it stands on, as the blueprint has it now. */
  readonly base: string | undefined;
  readonly released: Digest | undefined;
  readonly registry: RegistryCell;
  /** In the order of the engines. */
  readonly engines: readonly EngineCell[];
  /** The parts of an index; empty for a plain manifest. */
  readonly platforms: readonly PlatformDigest[];
  readonly mediaType: string | undefined;
  /** Bytes; see `Sizes`. */
  readonly compressed: number | undefined;
  readonly unique: number | undefined;
  readonly unpacked: number | undefined;
  readonly created: string | undefined;
  readonly revision: string | undefined;
  readonly baseDigest: string | undefined;
}

/** It is not as it should be. What the release was asked to leave out is as it should be. */
export function hasDrifted({ drift, chosen }: Pick<InventoryRow, "drift" | "chosen">): boolean {
  return isDrift(drift) && !chosen;
}

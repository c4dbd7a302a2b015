import type { ImageRemoval } from "../../edge/engine/image-removal.ts";
import type { Engine } from "../../edge/engine/port.ts";
import type { Registry } from "../../edge/registry/port.ts";
import type { Deletion, ReferrerListing } from "../../edge/registry/powers.ts";
import { PruneError } from "./error.ts";

export type PrunableRegistry = Registry & ReferrerListing & Deletion;

/** The registry with the powers that a clean-up needs; PRUNE_UNSUPPORTED where its adapter has them not. */
export function withPowers(registry: Registry): PrunableRegistry {
  if (hasPowers(registry)) return registry;
  throw new PruneError("PRUNE_UNSUPPORTED", "this kind of registry lists no referrers, or deletes nothing");
}

function hasPowers(registry: Registry): registry is PrunableRegistry {
  return "listReferrers" in registry && "deleteManifest" in registry;
}

/** The engine with the power to remove images; PRUNE_UNSUPPORTED where its adapter has it not. */
export function withRemoval(engine: Engine): Engine & ImageRemoval {
  if (removes(engine)) return engine;
  throw new PruneError("PRUNE_UNSUPPORTED", "this kind of engine removes no images");
}

function removes(engine: Engine): engine is Engine & ImageRemoval {
  return "removeImage" in engine;
}

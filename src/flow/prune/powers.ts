import type { ImageRemoval } from "../../edge/engine/image-removal.ts";
import type { Engine } from "../../edge/engine/port.ts";
import type { Registry } from "../../edge/registry/port.ts";
import type { Deletion, ManifestListing, ReferrerListing } from "../../edge/registry/powers.ts";
import { listsReferrers } from "../lists-referrers.ts";
import { PruneError } from "./error.ts";

/** What a plan is made with. */
export type ScannableRegistry = Registry & ReferrerListing & ManifestListing;

/** What it is carried out on. */
export type PrunableRegistry = Registry & Deletion;

/** The registry with the power to tell what refers to what; PRUNE_UNSUPPORTED where its adapter has it not. */
export function withReferrers(registry: Registry & ManifestListing): ScannableRegistry {
  if (listsReferrers(registry)) return registry;
  throw new PruneError("PRUNE_UNSUPPORTED", "this kind of registry lists no referrers");
}

/** The registry with the power to delete; PRUNE_UNSUPPORTED where its adapter has it not. */
export function withDeletion(registry: Registry): PrunableRegistry {
  if (deletes(registry)) return registry;
  throw new PruneError("PRUNE_UNSUPPORTED", "this kind of registry deletes nothing");
}

function deletes(registry: Registry): registry is PrunableRegistry {
  return "deleteManifest" in registry;
}

/** The engine with the power to remove images; PRUNE_UNSUPPORTED where its adapter has it not. */
export function withRemoval(engine: Engine): Engine & ImageRemoval {
  if (removes(engine)) return engine;
  throw new PruneError("PRUNE_UNSUPPORTED", "this kind of engine removes no images");
}

function removes(engine: Engine): engine is Engine & ImageRemoval {
  return "removeImage" in engine;
}

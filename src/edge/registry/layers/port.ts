import type { ContentQuestion, LayerFacts } from "../../../core/audit/image/layer-facts.ts";
import type { Digest } from "../../../core/base/digest.ts";
import type { Descriptor } from "../../../core/oci/manifest.ts";
import type { CallOptions, Repository } from "../port.ts";

/** A layer as the manifest and the config name it. */
export interface LayerRef {
  readonly at: Repository;
  readonly blob: Descriptor;
  readonly diffId: Digest;
}

/**
 * Reads what is in layers: one pass over each, in memory that does not grow with it. What was learnt of a content is kept
 * under its diffID, so a layer that many images share is read once.
 */
export interface LayerReader {
  /** Throws RegistryError, or AuditError where the layer is not what it should be. */
  read(layer: LayerRef, question: ContentQuestion, options?: CallOptions): Promise<LayerFacts>;
}

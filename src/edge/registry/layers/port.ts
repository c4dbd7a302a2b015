import type {
  ContentQuestion,
  LayerAnswer,
  LayerFacts,
  LayerListing,
} from "../../../core/audit/image/layer-facts.ts";
import type { Digest } from "../../../core/base/digest.ts";
import type { CallOptions } from "../port.ts";

/** A layer as it is stored somewhere. */
export interface StoredLayer {
  /** For messages: the digest of its blob, or its name in an archive. */
  readonly name: string;
  /** As the config says: what it must unpack to. */
  readonly diffId: Digest;
  /** Bytes as they are stored. */
  readonly size: number;
  /** Its bytes, compressed or not; opened anew for each pass over it. */
  open(options: CallOptions): AsyncIterable<Uint8Array>;
}

export interface ReadLayerOptions extends CallOptions {
  /** Called with so many more bytes of its blob that were read; again from the start in a second pass. */
  readonly onBytes?: (bytes: number) => void;
}

/** What a reading gives; the answers are in the order of the questions. */
export interface ReadLayer {
  readonly listing: LayerListing;
  readonly answers: readonly LayerAnswer[];
}

/**
 * Reads what is in layers: one pass over each for all questions, in memory that does not grow with it. What was learnt of
 * a content is kept under its diffID, so a layer that many images share is read once.
 */
export interface LayerReader {
  /** Throws what the store throws, or AuditError where the layer is not what it should be. */
  read(
    layer: StoredLayer,
    questions: readonly ContentQuestion[],
    options?: ReadLayerOptions,
  ): Promise<LayerFacts>;
  /** What an earlier run learnt; undefined where it did not ask all of this. */
  known(diffId: Digest, questions: readonly ContentQuestion[]): Promise<LayerFacts | undefined>;
  /** Remembers what somebody else read of a layer, with these questions. */
  keep(read: ReadLayer, questions: readonly ContentQuestion[]): Promise<void>;
}

import type { ContentQuestion, LayerFacts } from "../../../core/audit/image/layer-facts.ts";
import type { Digest } from "../../../core/base/digest.ts";
import type { Descriptor, ImageConfig, Platform } from "../../../core/oci/manifest.ts";
import type { LayerReader } from "../layers/port.ts";
import type { CallOptions } from "../port.ts";

/** An image, wherever it lies: in a registry, a layout folder, an archive, an engine, or unpacked in a folder. */
export interface ImageSource {
  /** As a person named it. */
  readonly name: string;
  /**
   * Reads all of it. Throws RegistryError MANIFEST_UNKNOWN where there is no such image, or none for the platform; what the
   * store throws; AuditError where a layer is not what it should be.
   */
  read(ask: ImageAsk): Promise<ImageContents>;
}

export interface ImageAsk extends CallOptions {
  readonly platform: Platform;
  readonly reader: LayerReader;
  readonly questions: readonly ContentQuestion[];
  /** Called before reading, with the bytes that its layers have as they are stored, where that is known. */
  readonly onSize?: (bytes: number) => void;
  /** Called with so many more bytes of them that were read; those of a layer that is known come at once. */
  readonly onBytes?: (bytes: number) => void;
}

export interface ImageContents {
  /** Of its manifest; undefined where it has none: in a folder, and in archives of older engines. */
  readonly digest: Digest | undefined;
  /** Undefined for a folder, which says nothing of how it is started. */
  readonly config: ImageConfig | undefined;
  /** The lowest first. */
  readonly layers: readonly LayerFacts[];
  /** What its manifest says that they are stored as, one for each; undefined where it has none. */
  readonly blobs: readonly Descriptor[] | undefined;
}

import type { FlatImage } from "../../audit/image/flatten.ts";
import type { LayerFacts } from "../../audit/image/layer-facts.ts";
import type { Digest } from "../../base/digest.ts";
import type { SourcePosition } from "../../base/error.ts";
import type { Descriptor, ImageConfig, Manifest } from "../../oci/manifest.ts";
import type { Outcome } from "../verdict.ts";

/** What the blueprint and the record say that an image must be. */
export interface ExpectedImage {
  readonly name: string;
  readonly kind: "image" | "service";
  /** Where it is declared. */
  readonly at: SourcePosition;
  /** UID:GID that it runs as. */
  readonly user: string;
  /** The machine whose profile it carries, and the profile as it is written; undefined for an image of no machine. */
  readonly profile: { readonly machine: string; readonly text: string } | undefined;
  /** Undefined where nobody knows it. */
  readonly identity: Digest | undefined;
  /** Of the image that it derives from. */
  readonly base: { readonly name: string; readonly digest: Digest | undefined } | undefined;
  /** Layers of the root under the hierarchy, the lowest first; empty where there is none or it could not be read. */
  readonly rootLayers: readonly Digest[];
}

/** The layers of an image after one pass over each; or why there is no such thing. */
export type ImageContent =
  | { readonly state: "read"; readonly layers: readonly LayerFacts[]; readonly flat: FlatImage }
  | { readonly state: "unread"; readonly outcome: Exclude<Outcome, "holds">; readonly why: string };

/** An image of one platform as it lies in the registry. */
export interface ImageFacts {
  readonly expected: ExpectedImage;
  readonly manifest: Manifest;
  readonly descriptor: Descriptor;
  readonly config: ImageConfig;
  readonly content: ImageContent;
}

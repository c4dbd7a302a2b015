import type { Digest } from "../../../core/base/digest.ts";
import type { Bootstrap } from "../../../core/blueprint/blueprint.ts";
import type { RootImage } from "./root-image.ts";

/** A root that was made here; its layer lies in a scratch folder until `dispose`. */
export interface MadeRoot {
  readonly image: RootImage;
  /** Digest of the recipe and of everything that it resolved to. */
  readonly identity: Digest;
  /** Debian package to version. */
  readonly packages: Readonly<Record<string, string>>;
  /** Seconds since 1970, the `created` of the image. */
  readonly epoch: number;
  dispose(): Promise<void>;
}

/** Makes root images where no registry that holds them can be reached, and reads the state of package indexes. */
export interface Bootstrapper {
  /** Throws BootstrapError; BOOTSTRAP_NOT_HERE and BOOTSTRAP_PYTHON mean that this machine cannot. */
  make(
    recipe: Bootstrap,
    options: { readonly platform: string; readonly signal?: AbortSignal },
  ): Promise<MadeRoot>;
  /** Suite to the digest of its Packages indexes, for the suite, its updates and its security suite. */
  aptIndex(suite: string, signal?: AbortSignal): Promise<Readonly<Record<string, Digest>>>;
}

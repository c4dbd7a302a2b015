import { readLibraryFolders } from "./library-conf.ts";
import type { LoaderImage } from "./load-trace.ts";

/** What is the same for every program of an image, found once. */
export class ImageMemo {
  static readonly #known = new WeakMap<LoaderImage, ImageMemo>();
  readonly #image: LoaderImage;
  readonly #folders = new Map<string, boolean>();
  #configured: readonly ConfiguredFolder[] | undefined;

  private constructor(image: LoaderImage) {
    this.#image = image;
  }

  static of(image: LoaderImage): ImageMemo {
    const known = ImageMemo.#known.get(image) ?? new ImageMemo(image);
    ImageMemo.#known.set(image, known);
    return known;
  }

  isFolder(path: string): boolean {
    const known = this.#folders.get(path);
    if (known !== undefined) return known;
    const is = this.#image.tree.resolve(path)?.file.type === "directory";
    this.#folders.set(path, is);
    return is;
  }

  /** Folders that `ldconfig` would list, of `etc/ld.so.conf` and what it includes. */
  get configured(): readonly ConfiguredFolder[] {
    this.#configured ??= readLibraryFolders(this.#image);
    return this.#configured;
  }
}

export interface ConfiguredFolder {
  /** Plain, from the image's root. */
  readonly path: string;
  readonly file: string;
  readonly line: number;
}

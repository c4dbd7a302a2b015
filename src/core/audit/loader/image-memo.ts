import type { Resolved } from "../image/file-tree.ts";
import { readLibraryFolders } from "./library-conf.ts";
import type { LoaderImage } from "./load-trace.ts";
import { placeOf } from "./place-of.ts";

/**
 * Steps that may be spent on all processes of an image, and on one: the largest of the reference fleet (285 extensions of
 * Python) takes six thousand. Half a million take some seconds.
 */
export const [MAX_STEPS_OF_IMAGE, MAX_STEPS] = [2_000_000, 500_000];

/** A link may lead through forty others and four thousand folders. */
const [LINK_STEPS, MAX_LINKS] = [20, 40];

interface FollowedLink {
  readonly found: Resolved | undefined;
  readonly circles: boolean;
}

/** What is the same for every program of an image, found once, and what all of them may cost together. */
export class ImageMemo {
  static readonly #known = new WeakMap<LoaderImage, ImageMemo>();
  readonly #image: LoaderImage;
  /** As a search writes them, without the last slash; where they lie. */
  readonly #folders = new Map<string, string | undefined>();
  readonly #links = new Map<string, FollowedLink>();
  #steps = MAX_STEPS_OF_IMAGE;
  #configured: readonly ConfiguredFolder[] | undefined;

  private constructor(image: LoaderImage) {
    this.#image = image;
  }

  static of(image: LoaderImage): ImageMemo {
    const known = ImageMemo.#known.get(image) ?? new ImageMemo(image);
    ImageMemo.#known.set(image, known);
    return known;
  }

  /** For one process: counts work, and says when it is too much for it, or that of all together. */
  spender(): (steps: number) => boolean {
    let left = MAX_STEPS;
    return (steps) => {
      left -= steps;
      this.#steps -= steps;
      return left >= 0 && this.#steps >= 0;
    };
  }

  isFolder(path: string): boolean {
    return this.#folderAt(path.replace(/\/+$/, "")) !== undefined;
  }

  /** As `FileTree.resolve`; the links on the way to a folder, and those in it, are followed once. */
  resolve(path: string): Resolved | undefined {
    const place = this.#placeOf(path);
    return place === undefined ? undefined : this.#linkAt(place).found;
  }

  /** ELOOP and not ENOENT: the loader gives up the whole list of folders then. Only of a link that is the file itself. */
  leadsInCircles(path: string): boolean {
    const place = this.#placeOf(path);
    return place !== undefined && this.#linkAt(place).circles;
  }

  /** Links followed but in its last part; undefined where it lies in no folder. */
  #placeOf(path: string): string | undefined {
    const slash = path.lastIndexOf("/");
    const name = path.slice(slash + 1);
    if (name === "" || name === "." || name === "..") return this.#image.tree.resolve(path)?.path;
    const folder = slash < 0 ? "" : this.#folderAt(path.slice(0, slash).replace(/\/+$/, ""));
    return folder === undefined ? undefined : `${folder === "" ? "" : `${folder}/`}${name}`;
  }

  #linkAt(place: string): FollowedLink {
    const { tree } = this.#image;
    const file = tree.at(place);
    if (file?.type !== "symlink") return { found: file && { path: place, file }, circles: false };
    const known = this.#links.get(place);
    if (known !== undefined) return known;
    this.#steps -= LINK_STEPS;
    const found = tree.resolve(place);
    const link = { found, circles: found === undefined && this.#isCircle(place) };
    this.#links.set(place, link);
    return link;
  }

  #isCircle(start: string): boolean {
    let place = start;
    for (let links = 0; links <= MAX_LINKS; links++) {
      const file = this.#image.tree.at(place);
      if (file?.type !== "symlink" || file.target === undefined) return false;
      place = placeOf(file.target, place.replace(/\/?[^/]*$/, ""));
    }
    return true;
  }

  #folderAt(path: string): string | undefined {
    if (this.#folders.has(path)) return this.#folders.get(path);
    const found = this.#image.tree.resolve(path);
    const folder = found?.file.type === "directory" ? found.path : undefined;
    this.#folders.set(path, folder);
    return folder;
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

import { messageOf } from "../../base/error.ts";
import { AuditError } from "../error.ts";
import { type LibraryCache, parseLibraryCache } from "./library-cache.ts";
import type { LoaderImage } from "./load-trace.ts";

const PATH = "etc/ld.so.cache";
const [MAX_LISTED, MAX_LETTERS] = [200_000, 32 * 1024 * 1024];

export type CacheState =
  | { readonly state: "read"; readonly cache: LibraryCache }
  | { readonly state: "absent" }
  /** The loader goes on without it, and says nothing. */
  | { readonly state: "ignored"; readonly why: string };

/** The cache of an image, for all its programs: what the loader searches, and a list of what it names. */
export class LdCacheIndex {
  readonly state: CacheState;
  #listed: ReadonlyMap<string, readonly { readonly path: string }[]> | undefined;

  constructor(state: CacheState) {
    this.state = state;
  }

  /** Entries of a name, for whatever machine, in their order. */
  get(name: string): readonly { readonly path: string }[] | undefined {
    return this.#list().get(name);
  }

  has(name: string): boolean {
    return this.#list().has(name);
  }

  keys(): Iterable<string> {
    return this.#list().keys();
  }

  #list(): ReadonlyMap<string, readonly { readonly path: string }[]> {
    this.#listed ??= this.state.state === "read" ? listed(this.state.cache) : new Map();
    return this.#listed;
  }
}

/** Undefined where the image has no cache. One that the loader ignores is an empty index, which says why. */
export function indexLdCache({
  tree,
  contentOf,
}: Pick<LoaderImage, "tree" | "contentOf">): LdCacheIndex | undefined {
  const place = tree.resolve(PATH);
  if (place === undefined) return undefined;
  const bytes = contentOf(place.path);
  if (bytes === undefined)
    return new LdCacheIndex({ state: "ignored", why: `the content of ${PATH} is not known` });
  try {
    return new LdCacheIndex({ state: "read", cache: parseLibraryCache(bytes) });
  } catch (error) {
    if (!(error instanceof AuditError)) throw error;
    return new LdCacheIndex({ state: "ignored", why: messageOf(error) });
  }
}

/** Bounded: a file of a few megabytes may name the same long text a hundred thousand times. */
function listed(cache: LibraryCache): ReadonlyMap<string, readonly { readonly path: string }[]> {
  const found = new Map<string, { path: string }[]>();
  let letters = MAX_LETTERS;
  for (let index = 0; index < Math.min(cache.entries, MAX_LISTED) && letters > 0; index++) {
    const entry = cache.entryAt(index);
    if (entry?.path === undefined) continue;
    letters -= entry.name.length + entry.path.length;
    const known = found.get(entry.name);
    if (known === undefined) found.set(entry.name, [{ path: entry.path }]);
    else known.push({ path: entry.path });
  }
  return found;
}

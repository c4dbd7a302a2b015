/** An answer that was read before. GitHub counts a 304 against no limit, so an idle second look is free. */
export interface CachedPage {
  readonly etag: string;
  /** JSON, cut down to what is looked at. */
  readonly value: unknown;
  /** How many pages its list has. */
  readonly pages: number;
}

/** Answers by URL. What `get` gives is as it was set: a damaged entry is like one that is not there. */
export interface PageCache {
  get(url: string): Promise<CachedPage | undefined>;
  /** A cache that cannot be written is no error. */
  set(url: string, page: CachedPage): Promise<void>;
}

export function createMemoryPageCache(): PageCache {
  const pages = new Map<string, CachedPage>();
  return {
    get: async (url) => pages.get(url),
    set: async (url, page) => void pages.set(url, page),
  };
}

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { digestOf, shortDigest } from "../../../core/base/digest.ts";
import { replaceFile } from "../replace-file.ts";
import type { CachedPage, PageCache } from "./page-cache.ts";

/**
 * One file for each URL under `folder`: a line with the digest of the rest, then the page. GitHub only says that the page
 * is still the one of this ETag; that it is the one that was written, the digest says.
 */
export function openPageCache(folder: string): PageCache {
  const fileOf = (url: string): string => join(folder, `${shortDigest(digestOf(url), 32)}.json`);
  return {
    async get(url) {
      const text = await readFile(fileOf(url), "utf8").catch(() => "");
      const end = text.indexOf("\n");
      const body = text.slice(end + 1);
      if (end < 0 || text.slice(0, end) !== digestOf(body)) return undefined;
      // The digest says that these are our own words.
      const { url: own, ...page } = JSON.parse(body) as CachedPage & { readonly url: string };
      return own === url ? page : undefined;
    },
    set(url, page) {
      const body = JSON.stringify({ url, ...page });
      return replaceFile(fileOf(url), `${digestOf(body)}\n${body}`);
    },
  };
}

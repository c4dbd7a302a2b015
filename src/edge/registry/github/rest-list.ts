import { RegistryError } from "../error.ts";
import type { GetOptions, RestApi, RestPage } from "./rest-api.ts";

export const PAGE_SIZE = 100;
// 133,000 tags in one package have been seen.
const MAX_PAGES = 3000;
// A refusal of one ends the list; those that are asked at the same time are asked in vain.
const AT_ONCE = 10;
const ROUNDS = 3;

/**
 * All items of a paged list, in its order, each cut down by `pick`; undefined where there is none (404). The first page
 * says how many there are. A list that changes meanwhile shifts its pages, so that an item falls between two. But then
 * the last page is another, or the first where something is new: both are asked again at the end, and where one changed
 * all is read anew.
 */
export async function readRestList(
  api: RestApi,
  path: string,
  { pick, signal }: GetOptions,
): Promise<readonly unknown[] | undefined> {
  const options = { signal, pick: (value: unknown) => listOf(value, path).map(pick) };
  for (let round = 0; round < ROUNDS; round++) {
    const read = (page: number): Promise<RestPage | undefined> => api.get(pageOf(api, path, page), options);
    const first = await read(1);
    if (first === undefined) return undefined;
    if (first.pages > MAX_PAGES) {
      throw new RegistryError(
        "REGISTRY_TOO_LARGE",
        `${path} has ${first.pages} pages, more than ${MAX_PAGES}`,
      );
    }
    if (first.pages === 1) return listOf(first.value, path);
    // Before the others, so that whatever moves while those are read is seen at one of the two ends.
    const last = await read(first.pages);
    const pages = [first];
    for (let at = 2; at < first.pages; at += AT_ONCE) {
      const numbers = Array.from({ length: Math.min(AT_ONCE, first.pages - at) }, (_, index) => at + index);
      pages.push(...(await Promise.all(numbers.map(read))).filter((page) => page !== undefined));
    }
    if (last !== undefined) pages.push(last);
    const ends = await Promise.all([read(1), read(first.pages)]);
    if (pages.length === first.pages && ends.every((page) => page?.unchanged === true)) {
      return pages.flatMap(({ value }) => listOf(value, path));
    }
  }
  throw new RegistryError("REGISTRY_PROTOCOL", `${path} changes all the time, or its server gives no ETag`);
}

function pageOf(api: RestApi, path: string, page: number): URL {
  const url = api.urlOf(path);
  url.searchParams.set("per_page", String(PAGE_SIZE));
  url.searchParams.set("page", String(page));
  return url;
}

function listOf(value: unknown, path: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new RegistryError("REGISTRY_PROTOCOL", `${path} is no list`);
}

import { RegistryError } from "../error.ts";
import { readBody } from "./body.ts";
import type { Call, Caller } from "./caller.ts";
import { onOrigin, resolveLocation } from "./redirect.ts";

// 133,000 tags in one repository have been seen, and 160 pages; these bounds are for servers that never end.
const MAX_PAGES = 2000;
const MAX_PAGE_BYTES = 32 * 1024 * 1024;

export interface Page {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Where the next page is, by the Link header (RFC 8288), or undefined at the last. */
  readonly next: URL | undefined;
}

/** The pages of a listing, in order, or nothing where the first is not found (404). Ends on loops with an error. */
export async function* readPages(caller: Caller, first: Call): AsyncGenerator<Page, void, URL | undefined> {
  const visited = new Set<string>();
  let at: string | URL | undefined = first.at;
  while (at !== undefined) {
    const key = at.toString();
    if (visited.has(key) || visited.size >= MAX_PAGES) {
      throw new RegistryError("REGISTRY_PROTOCOL", `${first.endpoint.host} lists ${first.what} without end`);
    }
    visited.add(key);
    const page = await readPage(caller, { ...first, at });
    if (page === undefined) return;
    const other: URL | undefined = yield page;
    at = other ?? page.next;
  }
}

function readPage(caller: Caller, call: Call): Promise<Page | undefined> {
  return caller.call(call, async (answer) => {
    if (answer.status === 404) {
      await answer.discard();
      return undefined;
    }
    if (answer.status !== 200) throw await caller.failure(call, answer);
    const body = await readBody(answer, MAX_PAGE_BYTES);
    const link = nextLink(answer.headers["link"]);
    if (link === undefined) return { body, headers: answer.headers, next: undefined };
    const next = resolveLocation(answer.url, link, caller.insecure);
    // A page elsewhere would be asked with our login, or would answer for a registry that it is not.
    if (next.hostname !== call.endpoint.base.hostname) {
      throw new RegistryError(
        "REGISTRY_PROTOCOL",
        `${call.endpoint.host} continues its list at ${next.host}`,
      );
    }
    return { body, headers: answer.headers, next: onOrigin(call.endpoint.base, next) };
  });
}

/** The target of `rel="next"` (RFC 8288), quoted or not, among several links. */
export function nextLink(header: string | string[] | undefined): string | undefined {
  const text = (Array.isArray(header) ? header.join(", ") : (header ?? "")).slice(0, 16 * 1024);
  for (const [, target, parameters = ""] of text.matchAll(/<([^<>]*)>([^<]*)/g)) {
    if (/;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next\b)/i.test(parameters)) return target;
  }
  return undefined;
}

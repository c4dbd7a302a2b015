import { isRepository, isTag } from "../../../core/oci/reference.ts";
import { RegistryError } from "../error.ts";
import type { CallOptions, Repository } from "../port.ts";
import type { Call, Caller } from "./caller.ts";
import type { Endpoint } from "./endpoint.ts";
import { type Page, readPages } from "./paging.ts";
import { CATALOG_SCOPE, repositoryScope } from "./scope.ts";

// Some registries refuse more than 1000.
const PAGE_SIZE = 1000;
const MAX_NAMES = 1_000_000;

/** All tags, each once, in the registry's order; none where the repository is unknown. */
export async function listTags(
  caller: Caller,
  endpoint: Endpoint,
  at: Repository,
  options: CallOptions,
): Promise<readonly string[]> {
  const repository = `${endpoint.prefix}${at.repository}`;
  const call: Call = {
    endpoint,
    method: "GET",
    at: `${repository}/tags/list?n=${PAGE_SIZE}`,
    scopes: [repositoryScope(repository, "pull")],
    what: `the tags of ${at.repository}`,
    signal: options.signal,
  };
  const tags = await collectNames(caller, call, "tags");
  return tags.filter(isTag);
}

/** All repositories of a host that says so. */
export async function listRepositories(
  caller: Caller,
  endpoint: Endpoint,
  options: CallOptions,
): Promise<readonly string[]> {
  const call: Call = {
    endpoint,
    method: "GET",
    at: `_catalog?n=${PAGE_SIZE}`,
    scopes: [CATALOG_SCOPE],
    what: "the repositories",
    signal: options.signal,
  };
  let answered = false;
  const names = await collectNames(caller, call, "repositories", () => {
    answered = true;
  });
  // Nothing is not the same as no answer: an inventory must not call a registry empty that does not tell.
  if (!answered) {
    throw new RegistryError("REGISTRY_UNSUPPORTED", `${endpoint.host} does not list its repositories`);
  }
  return names.filter(isRepository);
}

/**
 * The names of a paged list. Where there is no Link but the page is full, a server that pages by `last` alone is asked
 * on; one that ignores `n` and `last` repeats itself, which adds nothing new and ends it.
 */
export async function collectNames(
  caller: Caller,
  first: Call,
  key: "tags" | "repositories",
  onPage?: () => void,
): Promise<string[]> {
  const names = new Set<string>();
  const pages = readPages(caller, first);
  let step = await pages.next();
  while (step.done !== true) {
    const page = step.value;
    onPage?.();
    const found = namesOf(page, key, first);
    const before = names.size;
    for (const name of found) names.add(name);
    if (names.size > MAX_NAMES) {
      throw new RegistryError("REGISTRY_TOO_LARGE", `${first.what} are more than ${MAX_NAMES}`);
    }
    const full = page.next === undefined && found.length === PAGE_SIZE && names.size > before;
    step = await pages.next(full ? after(first, found.at(-1)) : undefined);
  }
  return [...names];
}

function after(first: Call, last: string | undefined): URL | undefined {
  if (last === undefined) return undefined;
  const url = new URL(first.at, first.endpoint.base);
  url.searchParams.set("last", last);
  return url;
}

function namesOf(page: Page, key: string, call: Call): readonly string[] {
  let value: unknown;
  try {
    value = JSON.parse(page.body.toString("utf8"));
  } catch (cause) {
    throw new RegistryError("REGISTRY_PROTOCOL", `${call.endpoint.host} answers ${call.what} with no JSON`, {
      cause,
    });
  }
  const list = typeof value === "object" && value !== null && key in value ? Reflect.get(value, key) : [];
  // `null` is how Go writes an empty list.
  const names: unknown = list ?? [];
  if (!Array.isArray(names)) {
    throw new RegistryError("REGISTRY_PROTOCOL", `${call.endpoint.host} answers ${call.what} with no list`);
  }
  return names.filter((name): name is string => typeof name === "string");
}

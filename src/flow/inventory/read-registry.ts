import { messageOf } from "../../core/base/error.ts";
import { subjectOfTag } from "../../core/blueprint/tag-form.ts";
import type { RegistryFact, RepositoryFact, TagFact } from "../../core/inventory/observed.ts";
import { roleOfRepository } from "../../core/inventory/ours.ts";
import type { Registry, Repository } from "../../edge/registry/port.ts";
import type { Catalog, ManifestListing } from "../../edge/registry/powers.ts";
import { readReferrers } from "./read-referrers.ts";
import { readStored } from "./read-stored.ts";

export interface RegistryQuestion {
  readonly registry: Registry & Partial<ManifestListing>;
  readonly host: string;
  readonly namespace: string | undefined;
  /** Repositories that the blueprint or a release names. */
  readonly repositories: readonly string[];
  /** By repository, the tag that must be there: it is asked for also where no list has it, since lists may be late. */
  readonly expected: ReadonlyMap<string, string>;
  readonly signal: AbortSignal;
}

/** All tags of the fleet's repositories, and of what else is in its namespace where the registry lists that. */
export async function readRegistry(question: RegistryQuestion): Promise<RegistryFact> {
  const { host, namespace } = question;
  const listed = await listNamespace(question);
  const names = [...new Set([...question.repositories, ...listed])].toSorted();
  const repositories = await Promise.all(names.map((repository) => readRepository(question, repository)));
  return { host, namespace, repositories };
}

/** The fleet's registry does not answer: every repository is unknown. */
export function unreadRegistry(question: RegistryQuestion, why: string): RegistryFact {
  const { host, namespace } = question;
  const repositories = question.repositories.map(
    (repository) => ({ repository, state: "unknown", why }) as const,
  );
  return { host, namespace, repositories };
}

/** Without a namespace the whole host would be listed, which belongs to others too; many registries list nothing. */
async function listNamespace({
  registry,
  host,
  namespace,
  signal,
}: RegistryQuestion): Promise<readonly string[]> {
  if (namespace === undefined || !hasCatalog(registry)) return [];
  try {
    const all = await registry.listRepositories(host, { signal, namespace });
    return all.filter(
      (name) => name.startsWith(`${namespace}/`) || roleOfRepository(name, namespace) !== undefined,
    );
  } catch {
    signal.throwIfAborted();
    return [];
  }
}

function hasCatalog(registry: Registry): registry is Registry & Catalog {
  return "listRepositories" in registry;
}

async function readRepository(
  { registry, host, expected, signal }: RegistryQuestion,
  repository: string,
): Promise<RepositoryFact> {
  const at = { host, repository };
  try {
    const listed = await registry.listTags(at, { signal });
    const wanted = expected.get(repository);
    const names = new Set(wanted === undefined ? listed : [...listed, wanted]);
    const tags = await Promise.all([...names].map((tag) => readTag(registry, { ...at, tag }, signal)));
    return { repository, state: "read", tags: tags.toSorted((a, b) => (a.tag < b.tag ? -1 : 1)) };
  } catch (error) {
    signal.throwIfAborted();
    // One tag that cannot be read makes its repository unknown: the rest of it could hide what that tag holds.
    return { repository, state: "unknown", why: messageOf(error) };
  }
}

async function readTag(
  registry: RegistryQuestion["registry"],
  { tag, ...at }: Repository & { readonly tag: string },
  signal: AbortSignal,
): Promise<TagFact> {
  if (subjectOfTag(tag) !== undefined)
    return { tag, stored: await readReferrers(registry, { ...at, tag }, signal) };
  const stored = await registry.readManifest({ ...at, tag }, { signal });
  return { tag, stored: stored && (await readStored(registry, at, stored, { signal })) };
}

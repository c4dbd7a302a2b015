import { type DependencyGraph, dependencyGraph } from "../../audit/dpkg/dependency-graph.ts";
import { findProgram } from "../../audit/image/find-program.ts";
import { indexLdCache, type LdCacheIndex } from "../../audit/loader/ld-cache-index.ts";
import { type Level, sourceOf } from "../../audit/reach/reach-modules.ts";
import type { AuditFacts } from "./audit-facts.ts";
import type { Mismatch, Uncertainty } from "./image-audit.ts";
import { type LinkUse, linkUse } from "./link-use.ts";
import { onlyAfter } from "./only-after.ts";
import { openingsOf, startedBySources } from "./openings.ts";
import { type PythonUse, pythonUse } from "./python-use.ts";
import { fileOf } from "./reached-files.ts";
import type { Reason } from "./reason.ts";
import { type Started, startedBy } from "./started.ts";

/** Why a package or a distribution is wanted, by the surest way that leads to it. */
export interface Want {
  readonly use: "needed" | "tool" | "uncertain";
  readonly level: Level;
  readonly reason: Reason;
}

/** What one image uses of what is in it, whoever put it there. */
export interface ImageUse {
  readonly facts: AuditFacts;
  readonly started: Started;
  readonly python: readonly PythonUse[];
  readonly links: readonly LinkUse[];
  /** Files in use, by plain path. */
  readonly files: ReadonlyMap<string, Want>;
  /** By id. */
  readonly packages: ReadonlyMap<string, Want>;
  readonly dependencies: DependencyGraph | undefined;
  readonly uncertain: readonly Uncertainty[];
  readonly mismatches: readonly Mismatch[];
}

/** Follows all that an image starts, imports and links to. Throws AuditError LD_CACHE_INVALID. */
export function imageUse(facts: AuditFacts): ImageUse {
  const cache = indexLdCache(facts);
  const started = startedBy(facts);
  const python = facts.environments.map((environment) => pythonUse(facts, environment, started));
  const files = new Files();
  const uncertain: Uncertainty[] = [];
  const links: LinkUse[] = [];
  for (const { path, reason } of started.programs) {
    files.add(path, { use: "tool", level: "required", reason });
    links.push(followed(facts, { program: path, reason, cache, files, use: "tool" }));
  }
  for (const use of python) {
    const { environment } = use;
    const opened = openingsOf(facts, use, cache);
    uncertain.push(...opened.uncertain, ...openImports(facts, use));
    for (const { module, found, level } of use.reach.modules.values()) {
      const path = fileOf(found);
      const reason = use.reasons.of(module);
      if (path !== undefined && reason !== undefined && found.kind !== "code")
        files.add(path, { use: "needed", level, reason });
    }
    const reason: Reason = { what: "interpreter", name: environment.venv ?? environment.interpreter };
    const link = linkUse(facts, {
      program: environment.interpreter,
      reason,
      openings: opened.openings,
      cache,
    });
    links.push(link);
    for (const [path, each] of link.objects) files.add(path, { use: "needed", ...each });
    for (const { name, reason: why } of startedBySources(facts, use)) {
      const found = findProgram(facts.tree, name, { config: facts.config, who: undefined });
      if (found.ok) files.add(found.path, { use: "uncertain", level: "deferred", reason: why });
    }
  }
  uncertain.push(...distinct(links.flatMap(undecided)));
  addSuggested(facts, { links, cache, files, uncertain });
  const packages = new Map<string, Want>();
  for (const [path, want] of files.all)
    for (const owner of facts.packages?.ownersOf(path) ?? []) keepSurest(packages, owner.id, want);
  const missing = new Set(links.flatMap(({ unmet }) => unmet.map(({ edge }) => edge.needed)));
  // What is missing anyhow is told as that.
  const mismatches = [
    ...links.flatMap(cutOff),
    ...python
      .flatMap((use) => onlyAfter(facts, use, cache))
      .filter(({ lacks }) => lacks.some((name) => !missing.has(name)))
      .map(({ mismatch }) => mismatch),
  ];
  const dependencies = facts.packages && dependencyGraph(facts.packages);
  return { facts, started, python, links, files: files.all, packages, dependencies, uncertain, mismatches };
}

/** Programs of one image share what their loader cannot do. */
function distinct(all: readonly Uncertainty[]): Iterable<Uncertainty> {
  return new Map(all.map((each) => [`${each.path} ${each.text}`, each])).values();
}

/** Nothing may pass for good because it was too much to look at. */
function cutOff({ trace }: LinkUse): readonly Mismatch[] {
  const message =
    "it loads more than is followed, or searches longer: what else it needs, and lacks, is not known";
  return trace.isCut
    ? [{ rule: "loader-limit", subject: `/${trace.root.program}`, message, severity: "error" }]
    : [];
}

/** Programs whose loader nobody knows here, names whose search the machine decides, and what the answers rest on. */
function undecided({ trace, unmet }: LinkUse): readonly Uncertainty[] {
  const of = (path: string, text: string): Uncertainty => ({ what: "library", path, text, packages: [] });
  return [
    ...(trace.loader === "unknown"
      ? [of(trace.root.program, "what starts it is no loader that is known")]
      : trace.notes.map((note) => of(trace.root.program, note))),
    ...unmet.flatMap(({ edge: { outcome, from, needed } }) =>
      outcome.state === "unknown" ? [of(from, `${needed}: ${outcome.why}`)] : [],
    ),
  ];
}

const USES = ["needed", "tool", "uncertain"];
const LEVELS = ["required", "deferred", "optional"];

function isSurer(one: Want, other: Want): boolean {
  const by = USES.indexOf(one.use) - USES.indexOf(other.use);
  return by < 0 || (by === 0 && LEVELS.indexOf(one.level) < LEVELS.indexOf(other.level));
}

function keepSurest<Key>(map: Map<Key, Want>, key: Key, want: Want): void {
  const known = map.get(key);
  if (known === undefined || isSurer(want, known)) map.set(key, want);
}

class Files {
  readonly all = new Map<string, Want>();

  add(path: string, want: Want): void {
    keepSurest(this.all, path, want);
  }
}

interface Followed {
  readonly program: string;
  readonly reason: Reason;
  readonly cache: LdCacheIndex | undefined;
  readonly files: Files;
  readonly use: Want["use"];
}

function followed(facts: AuditFacts, { program, reason, cache, files, use }: Followed): LinkUse {
  const link = linkUse(facts, { program, reason, openings: [], cache });
  for (const [path, each] of link.objects) files.add(path, { use, ...each });
  return link;
}

/** Places in reached sources whose import no literal names. */
function openImports(facts: AuditFacts, { reach }: PythonUse): readonly Uncertainty[] {
  return [...reach.modules.values()].flatMap(({ found }) => {
    const path = fileOf(found);
    if (path === undefined) return [];
    return (sourceOf(found, facts.sourceAt)?.open ?? []).map(
      ({ what, line, text }): Uncertainty => ({ what, path, line, text, packages: [] }),
    );
  });
}

interface Suggested {
  readonly links: readonly LinkUse[];
  readonly cache: LdCacheIndex | undefined;
  readonly files: Files;
  readonly uncertain: Uncertainty[];
}

/** Names of libraries in objects that import dlopen: what of them is in the image may be wanted. */
function addSuggested(facts: AuditFacts, { links, cache, files, uncertain }: Suggested): void {
  const objects = new Map(links.flatMap((link) => [...link.objects]));
  for (const [path, { reason }] of objects) {
    const dlopen = facts.elfAt(path)?.dlopen;
    if (dlopen === undefined) continue;
    const names = [...dlopen.notes.flatMap(({ sonames }) => sonames), ...dlopen.names];
    const found = names.flatMap((name) => {
      const entry = cache?.get(name)?.[0];
      const at = entry && facts.tree.resolve(entry.path.slice(1))?.path;
      return at === undefined || objects.has(at) ? [] : [{ name, at }];
    });
    if (found.length === 0) continue;
    for (const { name, at } of found)
      files.add(at, {
        use: "uncertain",
        level: "optional",
        reason: { what: "opens", name, because: reason },
      });
    const packages = found.flatMap(({ at }) => (facts.packages?.ownersOf(at) ?? []).map(({ name }) => name));
    uncertain.push({
      what: "dlopen",
      path,
      text: found.map(({ name }) => name).join(" "),
      packages: [...new Set(packages)],
    });
  }
}

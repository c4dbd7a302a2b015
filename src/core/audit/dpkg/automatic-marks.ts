import { isBase } from "./dependency-graph.ts";
import type { Need, Needs } from "./needs.ts";
import type { InstalledPackage } from "./package-database.ts";
import { compareDebianVersions, type DebianVersion, parseDebianVersion } from "./version.ts";

const NOBODY: ReadonlySet<string> = new Set();

/** What apt lets stay (MarkRequired of apt-pkg/depcache.cc): what is reached from `roots`, by every alternative that is installed. */
export class AutomaticMarks {
  readonly #needs: Needs;
  readonly #roots: ReadonlySet<string>;
  readonly #marked = new Set<string>();
  readonly #targets = new Map<Need, readonly InstalledPackage[]>();

  constructor(needs: Needs, roots: ReadonlySet<string>) {
    this.#needs = needs;
    this.#roots = roots;
    for (const id of roots) this.#marked.add(id);
    this.#reach(this.#marked, (next) => this.#marked.add(next));
  }

  has(id: string): boolean {
    return this.#marked.has(id);
  }

  /**
   * Which of the marked nobody reaches without `gone`. Only what is reached from those can lose its mark; of that, it
   * comes back what somebody else still needs.
   */
  lostWithout(gone: ReadonlySet<string>): readonly string[] {
    const lost = new Set<string>();
    const open = new Set([...gone].filter((id) => this.#marked.has(id)));
    this.#reach(open, (next) => {
      if (gone.has(next) || this.#roots.has(next)) return;
      open.add(next);
      lost.add(next);
    });
    const back = new Set<string>();
    const stays = (id: string): boolean =>
      back.has(id) || (this.#marked.has(id) && !lost.has(id) && !gone.has(id));
    const settled = new Set<Need>();
    const settle = (need: Need): void => {
      if (settled.has(need)) return;
      settled.add(need);
      this.#needs.steps += need.candidates.length;
      for (const { id } of targetsOf(need, gone)) if (!stays(id)) back.add(id);
    };
    // Whom those ask that come back is seen to below, so once is enough.
    const touched = new Set([gone, lost].flatMap((ids) => [...ids].flatMap((id) => this.#needs.to(id))));
    for (const need of touched) if (this.#isAsked(need, stays)) settle(need);
    for (const id of back) for (const need of this.#needs.from(id)) settle(need);
    return [...lost].filter((id) => !back.has(id));
  }

  /** `add` puts into `from` what is to be gone through, too: a set is walked to its end, also through what is added on the way. */
  #reach(from: ReadonlySet<string>, add: (next: string) => void): void {
    const seen = new Set<Need>();
    for (const id of from) {
      for (const need of this.#needs.from(id)) {
        if (seen.has(need)) continue;
        seen.add(need);
        for (const next of this.#targetsOf(need)) add(next.id);
      }
    }
  }

  #targetsOf(need: Need): readonly InstalledPackage[] {
    let targets = this.#targets.get(need);
    if (targets === undefined) {
      targets = targetsOf(need, NOBODY);
      this.#targets.set(need, targets);
    }
    this.#needs.steps += targets.length;
    return targets;
  }

  #isAsked({ followed }: Need, stays: (id: string) => boolean): boolean {
    const at = followed.findIndex(stays);
    this.#needs.steps += at < 0 ? followed.length : at;
    return at >= 0;
  }
}

/** Ids from which apt begins: what was asked for, what nobody may remove, what is held. */
export function rootsOf(
  packages: Iterable<InstalledPackage>,
  never: (name: string) => boolean,
): ReadonlySet<string> {
  const roots = new Set<string>();
  for (const each of packages)
    if (each.automatic === false || isBase(each) || each.held || never(each.name)) roots.add(each.id);
  return roots;
}

/** Each once; of several that one source provides a name with, those of its newest version only. */
function targetsOf({ choices }: Need, gone: ReadonlySet<string>): readonly InstalledPackage[] {
  const targets = new Set<InstalledPackage>();
  for (const choice of choices) {
    const there = choice.filter(({ id }) => !gone.has(id));
    const newest = there.length < 2 ? new Map<string, DebianVersion>() : newestBySource(there);
    for (const each of there) {
      const best = newest.get(each.source.name);
      const own = best && parseDebianVersion(each.source.version);
      if (best === undefined || own === undefined || compareDebianVersions(best, own) <= 0) targets.add(each);
    }
  }
  return [...targets];
}

function newestBySource(packages: readonly InstalledPackage[]): ReadonlyMap<string, DebianVersion> {
  const newest = new Map<string, DebianVersion>();
  for (const { source } of packages) {
    const version = parseDebianVersion(source.version);
    if (version === undefined) continue;
    const known = newest.get(source.name);
    if (known === undefined || compareDebianVersions(version, known) > 0) newest.set(source.name, version);
  }
  return newest;
}

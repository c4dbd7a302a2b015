import { AutomaticMarks, rootsOf } from "./automatic-marks.ts";
import { STATUS } from "./database-files.ts";
import { type Dependency, type DependencyGraph, isBase } from "./dependency-graph.ts";
import { dpkgInvalid } from "./invalid.ts";
import { type Need, Needs } from "./needs.ts";

export interface RemovalOptions {
  /** `APT::AutoRemove::RecommendsImportant`: what others recommend stays; apt's own default. */
  readonly recommends?: boolean;
  /** `APT::AutoRemove::SuggestsImportant`: the same of what they suggest; apt's default, which Debian's images turn off. */
  readonly suggests?: boolean;
  /** `APT::NeverAutoRemove`: names that stay although nobody needs them. */
  readonly never?: (name: string) => boolean;
  /** How many relations all questions together may look at; 30 million unless told. */
  readonly maxSteps?: number;
}

export interface Removal {
  /** Ids of those that cannot be without it, sorted; it itself is not among them. */
  readonly broken: readonly string[];
  /**
   * Ids of those that apt installed for others, and that nobody needs any more once these are gone. Undefined where apt's
   * marks are not in the image: then everything may have been asked for.
   */
  readonly unneeded: readonly string[] | undefined;
  /** It, or one of the broken, is of the base: nothing may remove it. */
  readonly base: boolean;
}

/** Answers of one image; what holds for all questions is found out once. */
export interface Removals {
  /**
   * What removing a package would take with it, as `apt-get autoremove NAME` does, where nothing else is installed instead.
   * Throws AuditError DPKG_INVALID where the answers of all questions together are more than any image's.
   */
  of(id: string): Removal;
  /** Ids of those that nobody needs even now; undefined without apt's marks. */
  readonly unneeded: readonly string[] | undefined;
}

/** Of all questions together. 737 packages of a desktop, each asked for, make 1.7 million; a hostile status their number squared. */
const MAX_STEPS = 30_000_000;
/** Ids in all answers together. */
const MAX_TOLD = 2_000_000;

export function removals(graph: DependencyGraph, options: RemovalOptions = {}): Removals {
  const { packages } = graph.database;
  const all = [...packages.values()];
  const needs = new Needs(graph, (field) => isFollowed(field, options));
  const marks = all.some(({ automatic }) => automatic === undefined)
    ? undefined
    : new AutomaticMarks(needs, rootsOf(all, options.never ?? (() => false)));
  let told = 0;
  const isBaseId = (id: string): boolean => {
    const each = packages.get(id);
    return each !== undefined && isBase(each);
  };
  return {
    unneeded: marks && all.flatMap(({ id }) => (marks.has(id) ? [] : [id])).toSorted(),
    of(id) {
      const gone = brokenWithout(needs, id);
      const broken = [...gone].filter((each) => each !== id).toSorted();
      const unneeded = marks?.lostWithout(gone).toSorted();
      told += broken.length + (unneeded?.length ?? 0);
      if (needs.steps > (options.maxSteps ?? MAX_STEPS) || told > MAX_TOLD)
        throw dpkgInvalid("its relations make more answers than can be told", { file: STATUS, line: 1 });
      return { broken, unneeded, base: isBaseId(id) || broken.some(isBaseId) };
    },
  };
}

function isFollowed(
  field: Dependency["field"],
  { recommends = true, suggests = true }: RemovalOptions,
): boolean {
  return !(field === "Recommends" && !recommends) && !(field === "Suggests" && !suggests);
}

/** With it. What was not satisfied before is not broken by it. */
function brokenWithout(needs: Needs, id: string): ReadonlySet<string> {
  const gone = new Set([id]);
  const left = new Map<Need, number>();
  // A set is walked to its end, also through what is added on the way.
  for (const each of gone) {
    for (const need of needs.to(each)) {
      const others = (left.get(need) ?? need.candidates.length) - 1;
      left.set(need, others);
      if (others > 0) continue;
      needs.steps += need.hard.length;
      for (const other of need.hard) gone.add(other);
    }
  }
  return gone;
}

import { type Dependency, type DependencyGraph, isHard } from "./dependency-graph.ts";

/** What one or more packages ask for in the same words. */
export interface Need extends Pick<Dependency, "choices" | "candidates"> {
  /** Ids of those that break without it. */
  readonly hard: string[];
  /** Ids of those for whose sake apt lets stay what satisfies it. */
  readonly followed: string[];
}

const NONE: readonly Need[] = [];

/** A dependency graph by what is asked for, to be walked in both directions. */
export class Needs {
  readonly #byCandidates = new Map<Dependency["candidates"], Need>();
  readonly #from = new Map<string, Need[]>();
  readonly #to = new Map<string, Need[]>();
  /** Looks at a need or at one who has it, of all questions until now. */
  steps = 0;

  constructor(graph: DependencyGraph, isFollowed: (field: Dependency["field"]) => boolean) {
    for (const id of graph.database.packages.keys()) {
      for (const dependency of graph.dependenciesOf(id)) {
        const need = this.#need(dependency);
        if (isHard(dependency)) need.hard.push(id);
        if (!isFollowed(dependency.field)) continue;
        need.followed.push(id);
        push(this.#from, id, need);
      }
    }
  }

  /** That apt follows from a package. */
  from(id: string): readonly Need[] {
    return this.#counted(this.#from.get(id));
  }

  /** That a package may satisfy. */
  to(id: string): readonly Need[] {
    return this.#counted(this.#to.get(id));
  }

  #counted(found: readonly Need[] = NONE): readonly Need[] {
    this.steps += found.length;
    return found;
  }

  #need({ choices, candidates }: Dependency): Need {
    const known = this.#byCandidates.get(candidates);
    if (known !== undefined) return known;
    const need: Need = { choices, candidates, hard: [], followed: [] };
    this.#byCandidates.set(candidates, need);
    for (const { id } of candidates) push(this.#to, id, need);
    return need;
  }
}

function push(lists: Map<string, Need[]>, id: string, need: Need): void {
  const list = lists.get(id);
  if (list === undefined) lists.set(id, [need]);
  else list.push(need);
}

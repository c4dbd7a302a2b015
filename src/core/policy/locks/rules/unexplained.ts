import type { Reason } from "../../verdict.ts";
import type { LockFacts } from "../lock-facts.ts";
import type { Requirement } from "../requirement.ts";
import { readVia, type Via } from "../via.ts";

interface Explained {
  readonly fails: readonly Reason[];
  readonly unknown: readonly Reason[];
}

/**
 * Pins that nobody asks for: from the names that the inputs ask for, along the `# via` comments, every pin must be reached.
 * Two pins that only name each other explain nothing.
 */
export function unexplained({ requirements, named, lock }: LockFacts, asked: ReadonlySet<string>): Explained {
  const vias = new Map(requirements.map((pin) => [pin, readVia(pin)]));
  const commented = [...vias.values()].some((via) => via !== undefined);
  const reached = reach(vias, asked);
  const left = requirements.filter(({ name }) => !reached.has(name));
  if (left.length === 0) return { fails: [], unknown: [] };
  if (!commented) {
    const message = `nothing says who asks for ${left[0]?.name} and ${left.length - 1} more: the lock has no "# via" comments`;
    return {
      fails: [],
      unknown: [
        { message, at: { file: lock.path, line: 1, column: 1 }, hint: "resolve it with annotations" },
      ],
    };
  }
  const reasons = left.map(
    (pin): Reason => ({ message: whyUnasked(pin, vias.get(pin)), at: pin.at, hint: REMOVE }),
  );
  // An input that could not be read may ask for anything.
  return named.some(({ read }) => read === undefined)
    ? { fails: [], unknown: reasons }
    : { fails: reasons, unknown: [] };
}

const REMOVE = "resolve the lock anew; a pin that no input leads to was put there by hand";

function reach(
  vias: ReadonlyMap<Requirement, Via | undefined>,
  asked: ReadonlySet<string>,
): ReadonlySet<string> {
  const children = new Map<string, string[]>();
  for (const [{ name }, via] of vias) {
    for (const parent of via?.distributions ?? [])
      children.set(parent, [...(children.get(parent) ?? []), name]);
  }
  const reached = new Set<string>();
  const open = [...asked];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    open.push(...(children.get(name) ?? []));
  }
  return reached;
}

function whyUnasked({ name }: Requirement, via: Via | undefined): string {
  if (via === undefined)
    return `${name} is in the lock, but no input names it and no comment says who asks for it`;
  const askers = [...via.inputs.map((input) => `-r ${input}`), ...via.distributions];
  return `${name} is in the lock for ${askers.join(", ") || "nobody"}, which the inputs do not lead to`;
}

import type { ImportStatement } from "./import-statement.ts";
import { canonical, KNOWN_FUNCTIONS } from "./known-functions.ts";
import { dottedText, type SyntaxNode, type SyntaxTree } from "./syntax.ts";

/**
 * What the names of a file stand for, by its imports and by plain assignments. One table for the whole file: a name that two
 * functions import differently stands for both.
 */
export class Names {
  readonly #targets = new Map<string, Set<string>>([["__import__", new Set(["__import__"])]]);

  add(statement: ImportStatement): void {
    for (const { module, binds } of statement.modules)
      for (const [local, target] of binds) {
        if (target.startsWith(".")) continue;
        if (local === "*") this.#addStar(canonical(module));
        else this.bind(local, canonical(target));
      }
  }

  /** True if that is news. */
  bind(local: string, target: string): boolean {
    const known = this.#targets.get(local) ?? new Set();
    this.#targets.set(local, known);
    const size = known.size;
    known.add(target);
    return known.size > size;
  }

  /** What `a.b.c` stands for. A name that nothing in the file makes known stands for itself: `sys` after `from x import *`. */
  targetsOf(dotted: string): readonly string[] {
    const [local = "", ...rest] = dotted.split(".");
    const targets = this.#targets.get(local);
    if (targets === undefined) return [dotted];
    return [...targets].map((target) => canonical([target, ...rest].join(".")));
  }

  isBound(local: string): boolean {
    return this.#targets.has(local);
  }

  targetsOfNode(tree: SyntaxTree, node: SyntaxNode): readonly string[] {
    const dotted = dottedText(tree, node);
    return dotted === undefined ? [] : this.targetsOf(dotted);
  }

  /** Local names by which known functions can be reached: undefined where the name is one, else the attributes that lead to one. */
  roots(): ReadonlyMap<string, ReadonlySet<string> | undefined> {
    const roots = new Map<string, ReadonlySet<string> | undefined>();
    for (const [local, targets] of this.#targets) {
      const next = new Set<string>();
      let isFunction = false;
      for (const target of targets) {
        isFunction ||= KNOWN_FUNCTIONS.has(target);
        for (const attribute of ATTRIBUTES.get(target) ?? []) next.add(attribute);
      }
      if (isFunction) roots.set(local, undefined);
      else if (next.size > 0) roots.set(local, next);
    }
    return roots;
  }

  #addStar(module: string): void {
    for (const name of ATTRIBUTES.get(module) ?? []) this.bind(name, canonical(`${module}.${name}`));
  }
}

/** Each module (and each backport's name) to the attributes through which a known function is reached. */
const ATTRIBUTES: ReadonlyMap<string, ReadonlySet<string>> = attributesOf(KNOWN_FUNCTIONS.keys());

function attributesOf(names: Iterable<string>): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const name of names) {
    const parts = name.split(".");
    for (let at = 1; at < parts.length; at++) {
      const prefix = parts.slice(0, at).join(".");
      found.set(prefix, (found.get(prefix) ?? new Set()).add(parts[at] ?? ""));
    }
  }
  // `asyncio.subprocess.create_subprocess_exec` is the same function.
  found.set("asyncio.subprocess", found.get("asyncio") ?? new Set());
  return found;
}

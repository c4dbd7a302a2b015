import type { Digest } from "../../base/digest.ts";
import { keyOf, type Placed, type Reason } from "./registry-graph.ts";
import { tagMeaning } from "./tag-meaning.ts";

/** From a manifest to what cannot do without it, and to what it cannot do without. */
export interface Edges {
  /** Its children, what refers to it, the indexes under its fallback tags: they go with it. */
  readonly down: ReadonlyMap<string, readonly string[]>;
  /** Its subject and its base: they stay with it. */
  readonly up: ReadonlyMap<string, readonly string[]>;
}

export function edgesOf(graph: ReadonlyMap<string, Placed>): Edges {
  const down = new Map<string, string[]>();
  const up = new Map<string, string[]>();
  const places = new Map<Digest, string[]>();
  for (const { key, manifest } of graph.values()) add(places, manifest.digest, key);
  for (const { key, at, manifest } of graph.values()) {
    const link = (into: Map<string, string[]>, from: string, to: string): void => {
      if (from !== to && graph.has(from) && graph.has(to)) add(into, from, to);
    };
    for (const child of manifest.children) link(down, key, keyOf(at, child));
    for (const subject of subjectsOf(graph, { at, manifest })) {
      link(down, keyOf(at, subject), key);
      link(up, key, keyOf(at, subject));
    }
    // A base lies in another repository, perhaps in several.
    const bases = manifest.base === undefined ? [] : (places.get(manifest.base) ?? []);
    for (const base of bases) link(up, key, base);
  }
  return { down, up };
}

// Only system tags are looked for here.
const NEVER = /(?!)/;

/**
 * What a manifest is about: by its own word, by its tag, or as a list of nothing but what refers to one image. The last is
 * what a pusher's list is once a newer one took its tag: where a host shows what has no tag, it must not hold the image.
 */
function subjectsOf(
  graph: ReadonlyMap<string, Placed>,
  { at, manifest }: Pick<Placed, "at" | "manifest">,
): ReadonlySet<Digest> {
  const subjects = new Set(manifest.subject === undefined ? [] : [manifest.subject]);
  for (const tag of manifest.tags) {
    const meaning = tagMeaning(tag, at.use, NEVER);
    if (meaning.kind === "system") subjects.add(meaning.subject);
  }
  const listed = manifest.children.map((child) => graph.get(keyOf(at, child))?.manifest);
  const [subject] = listed.map((each) => each?.subject);
  // Of leaves alone: an index that refers to its own part would make a circle of it.
  const isList = listed.every((each) => each?.subject === subject && each?.children.length === 0);
  if (subject !== undefined && isList) subjects.add(subject);
  return subjects;
}

/** Everything that these keys lead to along the edges, themselves included, each with the key that led there first. */
export function follow(
  from: Iterable<string>,
  edges: readonly ReadonlyMap<string, readonly string[]>[],
): ReadonlyMap<string, string | undefined> {
  const reached = new Map<string, string | undefined>([...from].map((key) => [key, undefined]));
  // A Map may grow while it is walked, and the new ones are walked too.
  for (const key of reached.keys()) {
    for (const each of edges) {
      for (const next of each.get(key) ?? []) if (!reached.has(next)) reached.set(next, key);
    }
  }
  return reached;
}

/** What is held: the roots with their own reason, the rest with the thing that holds it. */
export function reach(
  graph: ReadonlyMap<string, Placed>,
  edges: Edges,
  roots: ReadonlyMap<string, Reason>,
): ReadonlyMap<string, Reason> {
  const held = new Map<string, Reason>();
  for (const [key, by] of follow(roots.keys(), [edges.down, edges.up])) {
    const holder = by === undefined ? undefined : graph.get(by);
    const own = roots.get(key);
    if (own !== undefined) held.set(key, own);
    else if (holder !== undefined) held.set(key, heldBy(holder, edges.down.get(holder.key)?.includes(key)));
  }
  return held;
}

function heldBy({ at, manifest }: Placed, isPart: boolean | undefined): Reason {
  const name = `${at.name}@${manifest.digest.slice(0, 19)}`;
  return isPart === true
    ? { rule: "part", because: `${name} holds it: a platform, an attestation or something that refers to it` }
    : { rule: "base", because: `${name} was built on it, or refers to it` };
}

/**
 * An order in which these can be deleted so that an interruption leaves nothing half: records of releases first (nobody
 * is told of what is going), then always an index before its children and a subject before what refers to it.
 */
export function deletionOrder(
  keys: readonly string[],
  edges: Edges,
  isFirst: (key: string) => boolean,
): string[] {
  const ordered: string[] = [];
  const seen = new Set<string>();
  const wanted = new Set(keys);
  const sorted = [...keys].sort();
  const starts = [...sorted.filter((key) => !isFirst(key)).reverse(), ...sorted.filter(isFirst).reverse()];
  for (const start of starts) visit(start);
  return ordered.reverse();

  // Post-order, turned round: without a stack of calls, since graphs come from outside.
  function visit(start: string): void {
    const stack: { key: string; next: number }[] = [];
    const enter = (key: string): void => {
      if (seen.has(key) || !wanted.has(key)) return;
      seen.add(key);
      stack.push({ key, next: 0 });
    };
    enter(start);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const next = edges.down.get(top.key)?.[top.next];
      top.next += 1;
      if (next !== undefined) enter(next);
      else ordered.push(stack.pop()?.key ?? top.key);
    }
  }
}

function add<Key>(map: Map<Key, string[]>, key: Key, value: string): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

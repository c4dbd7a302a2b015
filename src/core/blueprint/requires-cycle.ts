/** Names of which each requires the next, and the last the first; undefined where there are none. */
export function requiresCycle(
  requires: ReadonlyMap<string, readonly string[]>,
): readonly string[] | undefined {
  const left = new Map([...requires].map(([id, all]) => [id, all.filter((each) => requires.has(each))]));
  for (let shrunk = true; shrunk; ) {
    shrunk = false;
    for (const [id, all] of left) {
      if (all.some((each) => left.has(each))) continue;
      left.delete(id);
      shrunk = true;
    }
  }
  const [start] = left.keys();
  if (start === undefined) return undefined;
  const path: string[] = [];
  for (let at = start; ; ) {
    if (path.includes(at)) return path.slice(path.indexOf(at));
    path.push(at);
    // Each that is left requires another that is left.
    at = left.get(at)?.find((each) => left.has(each)) ?? start;
  }
}

/** The beginning of a version; `isWhole` says that there is nothing after it. `sys.version_info` has five parts, of which two are known. */
export interface Version {
  readonly parts: readonly number[];
  readonly isWhole: boolean;
}

/** As Python orders tuples; undefined where it depends on what is not known. */
export function compareVersions(left: Version, right: Version): number | undefined {
  for (let at = 0; ; at++) {
    const [a, b] = [left.parts[at], right.parts[at]];
    if (a !== undefined && b !== undefined) {
      if (a !== b) return a - b;
      continue;
    }
    if (a === undefined && !left.isWhole) return b === undefined && right.isWhole ? 1 : undefined;
    if (b === undefined && !right.isWhole) return a === undefined && left.isWhole ? -1 : undefined;
    return a === b ? 0 : a === undefined ? -1 : 1;
  }
}

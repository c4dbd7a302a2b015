/**
 * Compares versions by their release numbers, component by component (PEP 440: `1.10` after `1.9`, `1` as `1.0`), then
 * by `.postN`; a local part such as `+cu121` does not count. Undefined where one is no such version.
 */
export function compareReleases(a: string, b: string): number | undefined {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  if (left === undefined || right === undefined) return undefined;
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return Math.sign(postOf(a) - postOf(b));
}

const FORM = /^v?(\d{1,9}(?:\.\d{1,9}){0,9})(?:\.post(\d{1,9}))?(?:\+[\w.]+)?$/;

function numbersOf(version: string): readonly number[] | undefined {
  return FORM.exec(version)?.[1]?.split(".").map(Number);
}

function postOf(version: string): number {
  return Number(FORM.exec(version)?.[2] ?? -1);
}

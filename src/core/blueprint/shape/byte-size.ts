import { type Leaf, leaf } from "./leaf.ts";

const UNITS: ReadonlyMap<string, number> = new Map([
  ["B", 1],
  ["kB", 1e3],
  ["KB", 1e3],
  ["MB", 1e6],
  ["GB", 1e9],
  ["KiB", 2 ** 10],
  ["MiB", 2 ** 20],
  ["GiB", 2 ** 30],
]);

const EXPECTED = "a size with its unit, such as 100MB or 1.5GiB";

const FORM = /^(\d{1,9}(?:\.\d{1,3})?) ?([A-Za-z]{1,4})$/;

/** A size such as 100MB or 1.5GiB, as whole bytes. */
export const ByteSizeShape = leaf(parseByteSize, EXPECTED);

export function parseByteSize(text: string): Leaf<number> {
  const [, amount = "", unit = ""] = FORM.exec(text) ?? [];
  const factor = UNITS.get(unit);
  const bytes = Math.round(Number(amount) * (factor ?? 0));
  if (bytes > 0) return { value: bytes };
  const right = [...UNITS.keys()].find((known) => known.toLowerCase() === unit.toLowerCase());
  return {
    expected: EXPECTED,
    hint:
      right === undefined || right === unit
        ? "decimal units are kB, MB and GB; binary ones KiB, MiB and GiB"
        : `write ${amount}${right}`,
  };
}

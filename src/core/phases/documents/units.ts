import { collapse, sharedLength } from "./compare-text.ts";
import type { Block } from "./markdown.ts";

/** The smallest thing that is there or not: a paragraph, an item, a row. */
export interface Unit {
  readonly kind: Block["kind"] | "head" | "row" | "item";
  readonly line: number;
  /** As it is written, on one line. */
  readonly text: string;
  /** Of rows. */
  readonly cells: readonly string[];
}

/** `ticks`: whether a ticked box is another thing than an empty one. */
export function unitsOf(blocks: readonly Block[], options: { readonly ticks: boolean }): readonly Unit[] {
  return blocks.flatMap((block): readonly Unit[] => {
    const { kind, line } = block;
    switch (kind) {
      case "table":
        return [
          { kind: "head", line, text: block.head.cells.join(" | "), cells: block.head.cells },
          ...block.rows.map(({ line, cells }) => ({
            kind: "row" as const,
            line,
            text: cells.join(" | "),
            cells,
          })),
        ];
      case "list":
        return block.items.map(({ line, text, checked }) => {
          const box = checked === undefined ? "" : checked && options.ticks ? "[x] " : "[ ] ";
          return { kind: "item", line, text: box + collapse(text), cells: [] };
        });
      case "heading":
      case "quote":
      case "text":
      case "code":
      case "comment":
      case "html":
      case "rule":
        return [{ kind, line, text: collapse(block.text), cells: [] }];
    }
  });
}

export interface UnitPair {
  readonly expected: Unit;
  readonly found: Unit;
}

export interface UnitDifference {
  /** Of what is expected. */
  readonly missing: readonly Unit[];
  /** Of what is found. */
  readonly extra: readonly Unit[];
  /** What is missing, with the extra one of its kind that begins most like it. */
  readonly altered: readonly UnitPair[];
}

export function diffUnits(expected: readonly Unit[], found: readonly Unit[]): UnitDifference {
  const extra = [...without(found, expected)];
  const altered: UnitPair[] = [];
  const missing = without(expected, found).filter((unit) => {
    const at = mostAlike(unit, extra);
    const [like] = at === -1 ? [] : extra.splice(at, 1);
    if (like !== undefined) altered.push({ expected: unit, found: like });
    return like === undefined;
  });
  return { missing, extra, altered };
}

/** The index of the unit of this kind that begins most like it, or -1. */
function mostAlike({ kind, text }: Unit, others: readonly Unit[]): number {
  let [best, most] = [-1, -1];
  for (const [index, other] of others.entries()) {
    if (other.kind !== kind) continue;
    const shared = sharedLength(text, other.text);
    if (shared > most) [best, most] = [index, shared];
  }
  return best;
}

/** What is in one list and not in the other, each as often as it is. */
function without(units: readonly Unit[], others: readonly Unit[]): readonly Unit[] {
  const counts = new Map<string, number>();
  for (const other of others) counts.set(keyOf(other), (counts.get(keyOf(other)) ?? 0) + 1);
  return units.filter((unit) => {
    const left = counts.get(keyOf(unit)) ?? 0;
    counts.set(keyOf(unit), left - 1);
    return left <= 0;
  });
}

function keyOf({ kind, text }: Unit): string {
  return `${kind}\n${text}`;
}

const CONTEXT = 3;
/** Steps of the search; beyond them what differs is shown as a whole. */
const WORK_LIMIT = 2_000_000;

interface Edit {
  readonly kind: "same" | "gone" | "new";
  readonly text: string;
}

/** What makes `after` of `before`, as `git apply` takes it; empty where they are equal. */
export function lineDiff(file: string, before: string, after: string): string {
  if (before === after) return "";
  const edits = editsOf(linesOf(before), linesOf(after));
  return `--- a/${file}\n+++ b/${file}\n${hunksOf(edits).join("")}`;
}

function linesOf(text: string): readonly string[] {
  if (text === "") return [];
  const lines = text.split("\n");
  // A last line without an end is told apart by git's own mark.
  if (lines.at(-1) === "") lines.pop();
  else lines[lines.length - 1] = `${lines.at(-1) ?? ""}\n\\ No newline at end of file`;
  return lines;
}

function editsOf(before: readonly string[], after: readonly string[]): readonly Edit[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  )
    end++;
  const same = (lines: readonly string[]): Edit[] => lines.map((text) => ({ kind: "same", text }));
  return [
    ...same(before.slice(0, start)),
    ...middle(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...same(before.slice(before.length - end)),
  ];
}

/** By the longest common subsequence; a table of all pairs is small for files that people read. */
function middle(before: readonly string[], after: readonly string[]): readonly Edit[] {
  const gone = (text: string): Edit => ({ kind: "gone", text });
  const fresh = (text: string): Edit => ({ kind: "new", text });
  if (before.length * after.length > WORK_LIMIT) return [...before.map(gone), ...after.map(fresh)];
  const width = after.length + 1;
  const common = new Uint32Array((before.length + 1) * width);
  const at = (row: number, column: number): number => common[row * width + column] ?? 0;
  for (let row = before.length - 1; row >= 0; row--) {
    for (let column = after.length - 1; column >= 0; column--) {
      common[row * width + column] =
        before[row] === after[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const edits: Edit[] = [];
  let [row, column] = [0, 0];
  while (row < before.length || column < after.length) {
    const [left, right] = [before[row], after[column]];
    if (left !== undefined && left === right) {
      edits.push({ kind: "same", text: left });
      row++;
      column++;
    } else if (left !== undefined && (right === undefined || at(row + 1, column) >= at(row, column + 1))) {
      edits.push(gone(left));
      row++;
    } else if (right !== undefined) {
      edits.push(fresh(right));
      column++;
    }
  }
  return edits;
}

const SIGN = { same: " ", gone: "-", new: "+" } as const;

function hunksOf(edits: readonly Edit[]): readonly string[] {
  const changed = edits.flatMap(({ kind }, index) => (kind === "same" ? [] : [index]));
  const ranges: { from: number; to: number }[] = [];
  for (const index of changed) {
    const last = ranges.at(-1);
    if (last !== undefined && index - last.to <= 2 * CONTEXT) last.to = index;
    else ranges.push({ from: index, to: index });
  }
  const count = (part: readonly Edit[], without: Edit["kind"]): number =>
    part.filter(({ kind }) => kind !== without).length;
  return ranges.map(({ from, to }) => {
    const [start, end] = [Math.max(0, from - CONTEXT), Math.min(edits.length, to + CONTEXT + 1)];
    const part = edits.slice(start, end);
    const above = edits.slice(0, start);
    const side = (without: Edit["kind"]): string => {
      const lines = count(part, without);
      // Of an empty side the line before it is named.
      return `${count(above, without) + (lines === 0 ? 0 : 1)},${lines}`;
    };
    return `@@ -${side("new")} +${side("gone")} @@\n${part.map(({ kind, text }) => `${SIGN[kind]}${text}\n`).join("")}`;
  });
}

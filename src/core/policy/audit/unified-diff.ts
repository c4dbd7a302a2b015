/** A line (its index from 0) that becomes another text, or goes. */
export interface LineEdit {
  readonly line: number;
  readonly to: string | undefined;
}

const CONTEXT = 3;

/** The edits, which are sorted, as `patch -p1` and `git apply` take them; empty for none. */
export function unifiedDiff(file: string, before: readonly string[], edits: readonly LineEdit[]): string {
  if (edits.length === 0) return "";
  const hunks: LineEdit[][] = [];
  for (const edit of edits) {
    const last = hunks.at(-1);
    const near = last?.at(-1);
    if (last !== undefined && near !== undefined && edit.line - near.line <= 2 * CONTEXT) last.push(edit);
    else hunks.push([edit]);
  }
  let gone = 0;
  const parts = hunks.map((hunk) => {
    const text = renderHunk(before, hunk, gone);
    gone += hunk.filter(({ to }) => to === undefined).length;
    return text;
  });
  return `--- a/${file}\n+++ b/${file}\n${parts.join("")}`;
}

/** `gone`: lines that earlier hunks took away. */
function renderHunk(before: readonly string[], edits: readonly LineEdit[], gone: number): string {
  const [first, last] = [edits[0]?.line ?? 0, edits.at(-1)?.line ?? 0];
  // A text ends with a line end: what is behind it is no line.
  const size = before.at(-1) === "" ? before.length - 1 : before.length;
  const start = Math.max(0, first - CONTEXT);
  const end = Math.min(size, last + CONTEXT + 1);
  const byLine = new Map(edits.map((edit) => [edit.line, edit]));
  const lines: string[] = [];
  let added = 0;
  for (let line = start; line < end; line++) {
    const edit = byLine.get(line);
    if (edit === undefined) lines.push(` ${before[line] ?? ""}`);
    else lines.push(`-${before[line] ?? ""}`, ...(edit.to === undefined ? [] : [`+${edit.to}`]));
    if (edit === undefined || edit.to !== undefined) added++;
  }
  return `@@ -${start + 1},${end - start} +${start + 1 - gone},${added} @@\n${lines.join("\n")}\n`;
}

/**
 * What tree-sitter's scanner spends on lines that it looks over more than once: at each comment line, and at each line that a
 * backslash continues, it reads to the end of the run of such lines, so a run costs its square. In lines, summed up.
 */
export function scanCost(text: string): number {
  let cost = 0;
  let run = 0;
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf("\n", start);
    const end = newline === -1 ? text.length : newline;
    let first = start;
    while (first < end && (text[first] === " " || text[first] === "\t" || text[first] === "\f")) first++;
    // Blank lines belong to the run that they stand in.
    if (text[first] === "#" || text[end - 1] === "\\") run++;
    else if (first < end) {
      cost += run * run;
      run = 0;
    }
    start = end + 1;
  }
  return cost + run * run;
}

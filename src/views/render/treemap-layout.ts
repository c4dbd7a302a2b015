/**
 * Where the tiles of a treemap lie, as source for a page's script: `squarify(sizes, x, y, width, height)` gives
 * `[x, y, width, height]` for each of the sizes, which come largest first and are positive. Each area is to the whole as its
 * size is to their sum, and tiles are as near to squares as rows of them allow (Bruls, Huizing and van Wijk, Squarified
 * Treemaps, 2000).
 */
export const TREEMAP_LAYOUT = `
function squarify(sizes, x, y, width, height) {
  const tiles = [];
  let left = sizes.reduce((sum, size) => sum + size, 0);
  for (let from = 0; from < sizes.length;) {
    const scale = width * height / left, side = Math.min(width, height);
    let to = from, row = 0, worst = Infinity;
    // The row takes one more for as long as its worst tile gets no worse.
    for (; to < sizes.length; to++) {
      const sum = (row + sizes[to]) * scale, first = sizes[from] * scale, last = sizes[to] * scale;
      const ratio = Math.max(side * side * first / (sum * sum), sum * sum / (side * side * last));
      if (ratio > worst) break;
      worst = ratio; row += sizes[to];
    }
    const isLast = to === sizes.length, thick = isLast ? Math.max(width, height) : row * scale / side;
    let at = 0;
    for (let index = from; index < to; index++) {
      const long = side * sizes[index] / row;
      tiles.push(width >= height ? [x, y + at, thick, long] : [x + at, y, long, thick]);
      at += long;
    }
    if (width >= height) { x += thick; width -= thick; } else { y += thick; height -= thick; }
    left -= row; from = to;
  }
  return tiles;
}
`;

import { TREEMAP_KINDS } from "./treemap.ts";
import { TREEMAP_LAYOUT } from "./treemap-layout.ts";

/**
 * Draws treemaps. A page that only has fragments needs nothing more: each stands by itself, and where one is in it stands in
 * the address as `#ID:1.0.4`. A page with an address of its own calls `treemap(section, { texts, root, onPath })`, which gives a
 * function that shows a path: places among the children, from the root down.
 *
 * Keys: arrows go to the next tile in that direction, Enter or Space opens it, Escape or Backspace leads out again.
 */
export const TREEMAP_SCRIPT = `${TREEMAP_LAYOUT}
const treemap = (() => {
const KINDS = ${JSON.stringify(TREEMAP_KINDS)};
const KIND_NAMES = { waste: "wasted", archive: "archive", rest: "too small to show" };
/** Square pixels below which a tile could not be pointed at. */
const SMALL = 60;
const MAX_TILES = 400;
const GAP = 18;
/** A part that is nearly all of it says no more than the thing itself: what is in it is looked at instead. */
const NEARLY = 0.9;
const made = (name, attributes, ...content) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(key, value);
  element.append(...content);
  return element;
};
const bytesText = (bytes) => {
  let value = bytes, unit = 0;
  for (; value >= 999.5 && unit < 4; unit++) value /= 1000;
  return (unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)) + " " + ["B", "kB", "MB", "GB", "TB"][unit];
};
const shareText = (bytes, of) => { const percent = of > 0 ? 100 * bytes / of : 0; return (percent > 0 && percent < 0.05 ? "<0.1" : percent.toFixed(1)) + " %"; };

/** Children of some size, the largest first, each with its place; what is too small for the space comes together in one. */
function shown(node, area) {
  const all = node.slice(4).map((child, place) => ({ node: child, place })).filter(({ node }) => node[1] > 0).sort((one, other) => other.node[1] - one.node[1]);
  const total = Math.max(node[1], all.reduce((sum, { node }) => sum + node[1], 0));
  let count = all.findIndex(({ node }, at) => at >= MAX_TILES || node[1] / total * area < SMALL);
  if (count < 0 || all.length - count < 2) count = all.length;
  const rest = all.slice(count), bytes = rest.reduce((sum, { node }) => sum + node[1], 0);
  return { tiles: [...all.slice(0, count), ...(rest.length > 0 ? [{ rest: rest.length, bytes }] : [])].sort((one, other) => sizeOf(other) - sizeOf(one)), total, all };
}
const sizeOf = ({ node, bytes }) => node === undefined ? bytes : node[1];

return (section, { texts, root, onPath }) => {
  const text = (index) => index < 0 ? "" : texts[index];
  const trail = made("ol", { class: "trail" }), map = made("div", { class: "map", role: "group", "aria-label": "map" }), told = made("p", { class: "told", role: "status" });
  const key = made("ul", { class: "key" }), parts = made("details", { class: "parts" }), list = made("ol", {});
  const summary = made("summary", {});
  parts.append(summary, list);
  section.replaceChildren(trail, map, told, key, parts);
  let path = [], current = root;
  const nodeAt = (places) => { let node = root; for (const place of places) { node = node.slice(4)[place]; if (node === undefined) return undefined; } return node; };
  const kindOf = (node) => KINDS[node[3]] ?? "";
  const opens = (node) => node !== undefined && node.length > 4;

  function tell(label, bytes, kind, note, isCurrent) {
    const words = [kind === "" ? undefined : KIND_NAMES[kind] ?? kind, bytesText(bytes), ...(isCurrent ? [] : [shareText(bytes, current[1]) + " of " + text(current[0])]), ...(current === root ? [] : [shareText(bytes, root[1]) + " of all"])];
    told.replaceChildren(made("b", {}, label), made("span", {}, " " + words.filter(Boolean).join(", ") + (note === "" ? "" : ". " + note)));
  }
  const tellNode = (node) => tell(text(node[0]), node[1], kindOf(node), text(node[2]), node === current);

  function draw(focused) {
    const width = map.clientWidth, height = map.clientHeight;
    if (width === 0) return;
    const { tiles, total } = shown(current, width * height);
    const rects = squarify(tiles.map(sizeOf), 0, 0, width, height * tiles.reduce((sum, tile) => sum + sizeOf(tile), 0) / Math.max(1, total));
    map.replaceChildren(...tiles.map((tile, at) => tileOf(tile, rects[at], at === 0)));
    if (tiles.length === 0) map.append(made("p", { style: "padding: 1rem" }, "Nothing here has any size."));
    const kinds = KINDS.filter((kind) => map.querySelector("." + kind) !== null);
    key.replaceChildren(...kinds.map((kind) => made("li", { class: kind }, KIND_NAMES[kind] ?? kind)));
    if (focused !== undefined) focusOn([...map.children].find(({ dataset }) => dataset.place === String(focused)) ?? map.firstElementChild);
  }

  function tileOf({ node, place, rest, bytes }, [x, y, width, height], isFirst) {
    const kind = node === undefined ? "rest" : kindOf(node), label = node === undefined ? rest + " smaller ones" : text(node[0]), size = node === undefined ? bytes : node[1];
    const style = "left:" + x + "px;top:" + y + "px;width:" + width + "px;height:" + height + "px";
    const said = label + ", " + bytesText(size) + ", " + shareText(size, current[1]);
    const tile = made("button", { type: "button", class: "tile " + kind + (opens(node) ? " opens" : ""), style, "data-place": place, tabindex: isFirst ? 0 : -1, "aria-label": said });
    const named = width > 40 && height > 17;
    if (opens(node)) tile.append(...innerTiles(node, width, height, named));
    if (named) tile.append(made("span", { class: "name" }, made("b", {}, label), " ", width > 90 || !opens(node) ? made("i", {}, bytesText(size)) : ""));
    tile.onclick = () => { if (opens(node)) go([...path, place], true); };
    tile.onfocus = tile.onmouseenter = () => node === undefined ? tell(label, bytes, "", "The list below has them.") : tellNode(node);
    return tile;
  }

  /** What is in a tile, to look at only. */
  function innerTiles(outer, width, height, named) {
    let node = outer;
    for (let only = node.slice(4).find((child) => child[1] >= NEARLY * node[1]); opens(only); only = node.slice(4).find((child) => child[1] >= NEARLY * node[1])) node = only;
    const top = named ? GAP : 2, wide = width - 4, high = height - top - 2;
    if (wide < 12 || high < 12) return [];
    const { tiles, total } = shown(node, wide * high);
    const part = tiles.reduce((sum, tile) => sum + sizeOf(tile), 0) / Math.max(1, total);
    return squarify(tiles.map(sizeOf), 2, top, wide, high * part).map(([x, y, w, h], at) =>
      made("span", { class: "inner " + (tiles[at].node === undefined ? "rest" : kindOf(tiles[at].node)), style: "left:" + x + "px;top:" + y + "px;width:" + w + "px;height:" + h + "px" }, w > 48 && h > 15 && tiles[at].node !== undefined ? text(tiles[at].node[0]) : ""));
  }

  function frame() {
    trail.replaceChildren(...[root, ...path.map((_, at) => nodeAt(path.slice(0, at + 1)))].map((node, at) => {
      if (at === path.length) return made("li", {}, made("span", { "aria-current": "true" }, text(node[0])));
      const button = made("button", { type: "button" }, text(node[0]));
      button.onclick = () => go(path.slice(0, at), true);
      return made("li", {}, button);
    }));
    const { all } = shown(current, Infinity);
    summary.textContent = all.length + (all.length === 1 ? " part of " : " parts of ") + text(current[0]) + ", as a list";
    list.replaceChildren(...all.slice(0, 1000).map(({ node, place }) => {
      const name = opens(node) ? made("button", { type: "button" }, text(node[0])) : made("span", {}, text(node[0]));
      if (opens(node)) name.onclick = () => go([...path, place], true);
      return made("li", { style: "--share:" + (100 * node[1] / Math.max(1, current[1])).toFixed(2) + "%", title: text(node[2]) }, made("span", {}, name, ...(node[2] < 0 ? [] : [" ", made("small", {}, text(node[2]))])), made("span", {}, bytesText(node[1]) + "  " + shareText(node[1], current[1])));
    }));
    tellNode(current);
  }

  function go(to, isOurs) {
    const node = nodeAt(to), from = path;
    if (node === undefined || (to.length > 0 && !opens(node))) return go([], false);
    const keepsFocus = isOurs || map.contains(document.activeElement);
    path = to; current = node;
    frame();
    draw(keepsFocus ? (from.length > to.length ? from[to.length] : -1) : undefined);
    if (isOurs) onPath?.(path);
  }

  function focusOn(tile) {
    if (!tile || tile.tagName !== "BUTTON") return;
    for (const each of map.children) each.tabIndex = -1;
    tile.tabIndex = 0;
    tile.focus({ preventScroll: true });
  }

  /** The nearest tile whose middle lies in that direction; what lies askew counts as farther. */
  function beside(tile, [dx, dy]) {
    const middle = (each) => { const { left, top, width, height } = each.getBoundingClientRect(); return [left + width / 2, top + height / 2]; };
    const [x, y] = middle(tile);
    let best, least = Infinity;
    for (const each of map.children) {
      const [ex, ey] = middle(each), along = (ex - x) * dx + (ey - y) * dy, askew = Math.abs((ex - x) * dy) + Math.abs((ey - y) * dx);
      if (each !== tile && along > 1 && along + 2 * askew < least) { least = along + 2 * askew; best = each; }
    }
    return best;
  }
  const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  section.addEventListener("keydown", (event) => {
    const tile = event.target.closest(".tile");
    if ((event.key === "Escape" || (event.key === "Backspace" && tile)) && path.length > 0) { event.preventDefault(); go(path.slice(0, -1), true); return; }
    if (!tile) return;
    const next = WAYS[event.key] ? beside(tile, WAYS[event.key]) : event.key === "Home" ? map.firstElementChild : event.key === "End" ? map.lastElementChild : undefined;
    if (next) { event.preventDefault(); focusOn(next); }
  });
  map.onmouseleave = () => { if (!map.contains(document.activeElement)) tellNode(current); };
  new ResizeObserver(() => draw(map.contains(document.activeElement) ? Number(document.activeElement.dataset.place) : undefined)).observe(map);
  go([], false);
  // The address follows where one is, and says it back.
  return (places) => { if (places.join() !== path.join()) go(places, false); };
};
})();

for (const section of document.querySelectorAll("section.treemap[id]")) {
  const data = section.querySelector("script[type='application/json']");
  if (data === null) continue;
  const { texts, roots } = JSON.parse(data.textContent), start = "#" + section.id + ":";
  const show = treemap(section, { texts, root: roots[0], onPath: (path) => { location.hash = start + path.join("."); } });
  const follow = () => { if (location.hash.startsWith(start)) show(location.hash.slice(start.length).split(".").filter((place) => /^[0-9]+$/.test(place)).map(Number)); };
  addEventListener("hashchange", follow);
  follow();
  // Who comes by such an address wants to see the map; who clicks in it sees it.
  if (location.hash.startsWith(start)) section.scrollIntoView();
}
`;

/** Cards, map and tables of the page of sizes. Where one is stands in the address as `#VIEW/PATH`, so that Back works. */
export const SIZE_PAGE_SCRIPT = `
const DATA = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);
const el = (name, attributes, ...content) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(key, value);
  element.append(...content);
  return element;
};
const size = (bytes) => { let value = bytes, unit = 0; for (; value >= 999.5 && unit < 4; unit++) value /= 1000; return (unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)) + " " + ["B", "kB", "MB", "GB", "TB"][unit]; };
const CELLS = {
  text: (cell) => cell,
  count: (cell) => String(cell),
  bytes: (cell) => size(cell),
  more: (cell) => cell === 0 ? "=" : (cell > 0 ? "+" : "-") + size(Math.abs(cell)),
};
const state = { view: -1, table: 0, sort: undefined, limit: 100 };
let showPath;

function readAddress() {
  const [view = "0", path = ""] = decodeURIComponent(location.hash.slice(1)).split("/");
  const wanted = Number(view), index = /^[0-9]+$/.test(view) && DATA.views[wanted] !== undefined ? wanted : 0;
  if (index !== state.view) showView(index);
  showPath(path.split(".").filter((place) => /^[0-9]+$/.test(place)).map(Number));
}

function showView(index) {
  const isFirst = state.view < 0;
  Object.assign(state, { view: index, table: 0, sort: undefined, limit: 100 });
  for (const card of document.querySelectorAll("[data-view]")) card.setAttribute("aria-current", Number(card.dataset.view) === index);
  $("view").textContent = DATA.views[index].name;
  // A map of another image begins anew, without what listened to the old one.
  const old = $("map"), map = el("section", { class: "treemap", "aria-label": "map of " + DATA.views[index].name, "data-map": "" });
  map.id = "map"; old.replaceWith(map);
  showPath = treemap(map, { texts: DATA.map.texts, root: DATA.map.roots[index], onPath: (path) => { location.hash = "#" + state.view + (path.length === 0 ? "" : "/" + path.join(".")); } });
  showTabs();
  if (!isFirst) $("main").scrollIntoView();
}

const table = () => DATA.views[state.view].tables[state.table];
function showTabs(focus) {
  const { tables } = DATA.views[state.view];
  $("tabs").replaceChildren(...tables.map(({ title, rows, total }, at) => {
    const button = el("button", { type: "button", role: "tab", "aria-selected": at === state.table, tabindex: at === state.table ? 0 : -1 }, title + " ", el("i", {}, String(total ?? rows.length)));
    button.onclick = () => { Object.assign(state, { table: at, sort: undefined, limit: 100 }); showTabs(true); };
    return button;
  }));
  if (focus) $("tabs").children[state.table].focus();
  showRows();
}
$("tabs").onkeydown = (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key], { length } = $("tabs").children;
  if (step === undefined) return;
  Object.assign(state, { table: (state.table + step + length) % length, sort: undefined, limit: 100 });
  showTabs(true);
};

function showRows() {
  const shown = table();
  if (shown === undefined) { $("list").replaceChildren(el("p", {}, "Nothing to list.")); return; }
  const { heads, rows, total } = shown;
  const words = $("filter").value.toLowerCase().split(/\\s+/).filter(Boolean);
  let found = rows.filter((row) => { const text = row.join(" ").toLowerCase(); return words.every((word) => text.includes(word)); });
  if (state.sort !== undefined) {
    const { at, up } = state.sort, isText = heads[at][1] === "text";
    const compare = (one, other) => isText ? one.localeCompare(other) : one - other;
    found = found.toSorted((one, other) => (one[at] === null ? (other[at] === null ? 0 : 1) : other[at] === null ? -1 : (up ? 1 : -1) * compare(one[at], other[at])));
  }
  $("count").textContent = (found.length === rows.length ? "" : found.length + " of ") + rows.length + (total > rows.length ? ", the first of " + total : "");
  const largest = heads.map(([, kind], at) => kind === "bytes" ? Math.max(1, ...rows.slice(0, 2000).map((row) => row[at] ?? 0)) : 0);
  const head = el("tr", {}, ...heads.map(([name, kind], at) => {
    const sorted = state.sort?.at === at ? (state.sort.up ? "ascending" : "descending") : "none";
    const button = el("button", { type: "button" }, name);
    button.onclick = () => { state.sort = { at, up: state.sort?.at === at ? !state.sort.up : kind === "text" }; showRows(); $("list").querySelectorAll("th button")[at].focus(); };
    return el("th", { "aria-sort": sorted, class: kind === "text" ? undefined : "number" }, button);
  }));
  const body = found.slice(0, state.limit).map((row) => el("tr", {}, ...row.map((cell, at) => {
    const kind = heads[at][1], classes = [at === 0 ? "first" : "", kind === "text" ? "" : "number", kind === "bytes" ? "bar" : "", kind === "more" && cell > 0 ? "up" : "", kind === "more" && cell < 0 ? "down" : ""];
    const style = kind === "bytes" && cell !== null ? "--share:" + (100 * cell / largest[at]).toFixed(1) + "%" : undefined;
    return el("td", { class: classes.filter(Boolean).join(" "), style }, cell === null ? "-" : CELLS[kind](cell));
  })));
  const more = el("button", { type: "button", class: "more" }, "show " + Math.min(1000, found.length - state.limit) + " more of " + (found.length - state.limit));
  more.onclick = () => { state.limit += 1000; showRows(); };
  $("list").replaceChildren(...(found.length === 0 ? [el("p", {}, "Nothing is called so.")] : [el("table", {}, el("thead", {}, head), el("tbody", {}, ...body))]), ...(found.length > state.limit ? [more] : []));
}
$("filter").oninput = () => { state.limit = 100; showRows(); };
addEventListener("hashchange", readAddress);
if (DATA.views.length > 0) { $("main").hidden = false; readAddress(); }
`;

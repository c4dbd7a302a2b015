/** Cards, tables and the panel of an audit's page; the graph is drawn by `draw`. Where one is stands in the address, so that Back works. */
export const AUDIT_PAGE_SCRIPT = `
const el = (name, attributes, content) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) if (value !== undefined) made.setAttribute(key, value);
  if (typeof content === "string") made.textContent = content; else if (content) made.append(...content.filter((each) => each !== undefined));
  return made;
};
const $ = (id) => document.getElementById(id);
const MEANING = { needed: "code that runs reaches it", tool: "something that starts or checks the image runs it", base: "essential, or of priority required", depends: "another that stays needs it",
  kept: "nothing names it, and things break without it", uncertain: "something may want it, and nobody can know before it runs", unused: "nothing uses it",
  imported: "code that runs imports it", linked: "code that runs links to it", required: "", deferred: "when some function is called", optional: "its failure is expected, or it stands under a condition" };
const bytes = (count) => count > 0 && count < 1e5 ? Math.ceil(count / 1e3) + " kB" : (count / 1e6).toFixed(1) + " MB";
const list = (indices) => indices.map(text).join(", ");
const graphs = new Map();
function graphAt(index) { if (!graphs.has(index)) graphs.set(index, graphOf(DATA.images[index])); return graphs.get(index); }

/** Each: heads with their kind, and rows of cells, the group that the chips choose, and the node to show. */
const TABS = {
  packages: ["Packages", ["Package", "Use", "Bytes", "Brought by", "Because of"], ({ image, ...graph }) => image.packages.map((row, index) =>
    ({ id: "p" + index, group: text(row[2]), cells: [[text(row[0]), text(row[1])], text(row[2]), row[3], text(row[4]), because(graph, "p" + index)] }))],
  distributions: ["Distributions", ["Distribution", "Use", "Bytes", "Because of"], ({ image, ...graph }) => image.distributions.map((row, index) =>
    ({ id: "d" + index, group: text(row[2]), cells: [[text(row[0]), text(row[1]) + " in /" + text(row[4])], text(row[2]), row[3], because(graph, "d" + index)] }))],
  missing: ["Missing", ["Missing", "Wanted", "What", "Wanted by", "Would be in"], ({ image, ...graph }) => image.missing.map((row) =>
    ({ id: graph.nodeOf(row[3]), group: text(row[2]), lacks: true, cells: [text(row[1]), text(row[2]), text(row[0]), because(graph, graph.nodeOf(row[3])), list(row.slice(4))] }))],
  mismatches: ["Mismatches", ["About", "Weight", "Rule"], ({ image, ...graph }) => image.mismatches.map((row) =>
    ({ id: graph.nodeOf(row[4]) ?? graph.distributionOf.get(TEXTS.indexOf(text(row[1]).split(" ")[0])), group: text(row[3]), cells: [[text(row[1]), text(row[2])], text(row[3]), text(row[0])] }))],
  reached: ["Modules and libraries", ["Name", "Kind", "Reached", "Of"], ({ image: { steps }, ...graph }) => steps.what.flatMap((_, step) => {
    if (steps.path[step] < 0) return [];
    const { kind, name, level } = graph.show("s" + step);
    return [{ id: "s" + step, group: kind, cells: [[name, "/" + text(steps.path[step])], kind, level, text(steps.distribution[step]) || text(steps.package[step])] }];
  })],
  uncertain: ["Uncertain", ["Where", "What", "May want"], ({ image, stepAt }) => image.uncertain.map((row) =>
    ({ id: stepAt(row[1]), group: text(row[0]), cells: [["/" + text(row[1]) + (row[2] < 0 ? "" : ":" + row[2]), text(row[3])], text(row[0]), list(row.slice(4))] }))],
};
const NUMBERS = ["Bytes"];
/** What stands directly before it in its chain. */
function because(graph, id) {
  const before = graph.chain(id).at(-2);
  if (before === undefined) return "";
  const { kind, name } = graph.show(before);
  return kind + " " + name;
}

const state = { image: 0, tab: "packages", node: undefined, sort: undefined, chips: new Set(), limit: 300, opened: new Set() };
let rows = [], texts = new Map();
const address = (to) => "#" + [to.image ?? state.image, to.tab ?? state.tab, ...((to.node ?? "") === "" ? [] : [to.node])].join("/");

function readAddress() {
  const [image, tab, node] = decodeURIComponent(location.hash.slice(1)).split("/");
  const index = Number(image), known = Number.isInteger(index) && DATA.images[index] !== undefined ? index : 0;
  const graph = graphAt(known), next = { image: known, tab: Object.hasOwn(TABS, tab) ? tab : "packages" };
  next.node = node !== undefined && /^[spd]\\d+$/.test(node) && exists(graph, node) ? node : undefined;
  const isOtherImage = next.image !== state.image;
  const isOther = next.image !== state.image || next.tab !== state.tab || rows.length === 0;
  if (next.node !== state.node || next.image !== state.image) state.opened = new Set();
  Object.assign(state, next);
  if (isOther) { Object.assign(state, { sort: undefined, limit: 300 }); state.chips.clear(); showImage(graph); }
  showChain(graph);
  if (isOtherImage) $("main").scrollIntoView();
  for (const row of $("list").querySelectorAll("tbody tr")) row.setAttribute("aria-selected", row.dataset.id !== undefined && row.dataset.id === state.node);
}
function exists({ image }, node) {
  const index = Number(node.slice(1));
  return index < (node[0] === "s" ? image.steps.what : node[0] === "p" ? image.packages : image.distributions).length;
}

function showImage(graph) {
  for (const card of document.querySelectorAll("[data-image]")) card.setAttribute("aria-current", Number(card.dataset.image) === state.image);
  $("image").textContent = text(graph.image.name);
  graph.stepAt ??= ((steps) => (path) => steps.get(path))(new Map(graph.image.steps.path.map((path, step) => [path, "s" + step])));
  graph.rows ??= Object.fromEntries(Object.entries(TABS).map(([tab, [, , make]]) => [tab, make(graph)]));
  $("tabs").replaceChildren(...Object.entries(TABS).map(([tab, [title]]) => {
    const button = el("button", { role: "tab", "aria-selected": tab === state.tab, tabindex: tab === state.tab ? 0 : -1 }, [title + " ", el("i", {}, String(graph.rows[tab].length))]);
    button.onclick = () => { location.hash = address({ tab, node: state.node }); };
    return button;
  }));
  rows = graph.rows[state.tab];
  texts = new Map(rows.map((row) => [row, row.cells.flat().join(" ").toLowerCase()]));
  const groups = [...new Set(rows.map(({ group }) => group))];
  $("chips").replaceChildren(...(groups.length < 2 ? [] : groups.map((group) => {
    const chip = el("button", { class: "chip " + group, "aria-pressed": "false", title: MEANING[group] }, [group + " ", el("i", {}, String(rows.filter((row) => row.group === group).length))]);
    chip.onclick = () => { const on = !state.chips.has(group); if (on) state.chips.add(group); else state.chips.delete(group); chip.ariaPressed = String(on); state.limit = 300; showRows(); };
    return chip;
  })));
  showRows();
}

function showRows() {
  const words = $("filter").value.toLowerCase().split(/\\s+/).filter(Boolean);
  let shown = rows.filter((row) => (state.chips.size === 0 || state.chips.has(row.group)) && words.every((word) => texts.get(row).includes(word)));
  if (state.sort) {
    const { at, up } = state.sort, key = (row) => [row.cells[at]].flat()[0];
    const compare = (a, b) => typeof key(a) === "number" ? key(a) - key(b) : key(a).localeCompare(key(b));
    shown = shown.toSorted((a, b) => (up ? compare(a, b) : compare(b, a)));
  }
  $("count").textContent = (shown.length === rows.length ? "" : shown.length + " of ") + rows.length;
  const heads = TABS[state.tab][1];
  const head = el("tr", {}, heads.map((name, at) => {
    const sorted = state.sort?.at === at ? (state.sort.up ? "ascending" : "descending") : "none";
    const button = el("button", {}, name), cell = el("th", { "aria-sort": sorted, class: classOf(heads, at) }, [button]);
    button.onclick = () => { state.sort = { at, up: state.sort?.at === at ? !state.sort.up : !NUMBERS.includes(name) }; showRows(); $("list").querySelectorAll("th button")[at].focus(); };
    return cell;
  }));
  const body = shown.slice(0, state.limit).map((row) => rowOf(row, heads));
  const more = el("button", { class: "more" }, "show " + Math.min(1000, shown.length - state.limit) + " more of " + (shown.length - state.limit));
  more.onclick = () => { state.limit += 1000; showRows(); };
  const empty = el("p", {}, rows.length === 0 ? "None." : "Nothing is called so.");
  $("list").replaceChildren(...(shown.length === 0 ? [empty] : [el("table", {}, [el("thead", {}, [head]), el("tbody", {}, body)])]), ...(shown.length > state.limit ? [more] : []));
}
function classOf(heads, at) { return at === 0 ? "name" : NUMBERS.includes(heads[at]) ? "number" : at >= 3 ? "wide" : ""; }
function rowOf({ id, group, cells, lacks }, heads) {
  const row = el("tr", { "data-id": id, "aria-selected": id !== undefined && id === state.node });
  cells.forEach((cell, at) => {
    const [main, small] = [cell].flat(), shown = typeof main === "number" ? bytes(main) : main;
    const content = at === 0 && id !== undefined ? el("a", { href: address({ node: id }) }, shown) : el("span", at === 1 ? { class: group + (lacks ? " missing" : ""), title: MEANING[group] } : {}, shown);
    row.append(el("td", { class: classOf(heads, at) }, [content, small === undefined ? undefined : el("small", {}, small)]));
  });
  if (id !== undefined) row.onclick = (event) => { if (event.target.closest("a") === null && getSelection().isCollapsed) location.hash = address({ node: id }); };
  return row;
}

function showChain(graph) {
  const panel = $("chain"), { node } = state, hadFocus = panel.contains(document.activeElement);
  if (node === undefined) return panel.replaceChildren();
  const { kind, name } = graph.show(node), close = el("button", { class: "close", "aria-label": "close" }, "×");
  close.onclick = () => { location.hash = address({}); };
  panel.replaceChildren(close, el("h3", {}, kind + " " + name), ...about(graph, node));
  const svg = draw(graph, node, { width: Math.max(240, panel.clientWidth - 30), opened: state.opened, href: (id) => address({ node: id }), open: (what) => { state.opened.add(what); showChain(graph); } });
  panel.append(svg, el("p", { class: "key" }, graph.chain(node).length > 1 ? "From the top: why it is here. A dashed brace says whose files the boxes are." : ""));
  const focus = panel.querySelector(".focus");
  if (hadFocus) focus.focus({ preventScroll: true });
  panel.scrollTop = Math.max(0, focus.getBoundingClientRect().top - panel.getBoundingClientRect().top + panel.scrollTop - panel.clientHeight / 2);
}

/** What the boxes do not say. */
function about(graph, node) {
  const { image, lacks } = graph, index = Number(node.slice(1)), words = [], add = (...parts) => words.push(el("p", {}, parts));
  const useOf = (id) => text(image.packages[id.slice(1)][2]);
  const links = (names) => names.flatMap((each, at) => { const id = graph.packageOf.get(each); return [at ? ", " : "", id === undefined ? text(each) : el("a", { href: address({ node: id }) }, text(each)), id === undefined || useOf(id) === "unused" ? "" : " (" + useOf(id) + ")"]; });
  if (node[0] === "p") {
    const [, version, use, size, place, , ...also] = image.packages[index];
    add(text(version) + ", " + bytes(size) + (text(place) === "" ? "" : ", brought by " + text(place)));
    add(el("b", { class: text(use) }, text(use)), ": " + MEANING[text(use)] + ".");
    if (also.length > 0) add("Taking it out would also take out ", ...links(also), ".");
  } else if (node[0] === "d") {
    const [, version, use, size, environment, level] = image.distributions[index];
    add(text(version) + " in /" + text(environment) + ", " + bytes(size));
    add(el("b", { class: text(use) }, text(use)), use === -1 ? "" : ": " + (text(use) === "required" ? "one that is used requires it" : MEANING[text(use)]) + (text(level) && MEANING[text(level)] ? ", " + MEANING[text(level)] : "") + ".");
  } else {
    const { path, level, more } = graph.show(node);
    if (path) add("File /" + path);
    if (MEANING[level]) add(el("b", {}, level), ": " + MEANING[level] + ".");
    if (more) add("Written at " + more);
    const lost = lacks.get(node);
    if (lost !== undefined) {
      const [, , wanted, , ...suppliers] = image.missing[lost], tried = image.tried[lost];
      add(el("b", { class: text(wanted) + " missing" }, text(wanted)), MEANING[text(wanted)] ? ": " + MEANING[text(wanted)] : ": it fails whenever this runs");
      if (suppliers.length > 0) add("Would be in " + list(suppliers));
      if (tried.length > 0) words.push(el("details", {}, [el("summary", {}, "looked for at " + tried.length + " places"), el("ul", {}, tried.map((each) => el("li", {}, text(each))))]));
    }
  }
  return words;
}

$("filter").oninput = () => { state.limit = 300; showRows(); };
$("tabs").onkeydown = (event) => {
  const tabs = [...$("tabs").children], step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (step === undefined) return;
  const next = Object.keys(TABS)[(tabs.findIndex((each) => each.ariaSelected === "true") + step + tabs.length) % tabs.length];
  location.hash = address({ tab: next, node: state.node });
  addEventListener("hashchange", () => $("tabs").querySelector("[aria-selected=true]").focus(), { once: true });
};
addEventListener("keydown", (event) => { if (event.key === "Escape" && state.node !== undefined && event.target !== $("filter")) location.hash = address({}); });
addEventListener("hashchange", readAddress);
let lastWidth = innerWidth;
addEventListener("resize", () => { if (innerWidth !== lastWidth) { lastWidth = innerWidth; showChain(graphAt(state.image)); } });
if (DATA.images.length > 0) { $("main").hidden = false; readAddress(); }
`;

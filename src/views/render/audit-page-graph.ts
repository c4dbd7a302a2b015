/** The graph of an audit's page: what leads to a thing, and what it leads to. `GRAPH` and `draw` are used by the page's script. */
export const AUDIT_GRAPH_SCRIPT = `
const DATA = JSON.parse(document.getElementById("data").textContent), TEXTS = DATA.texts;
const text = (index) => (index < 0 ? "" : TEXTS[index]);
const push = (map, key, value) => { const known = map.get(key); if (known) known.push(value); else map.set(key, [value]); };
const KIND = { entrypoint: ["start", "starts with"], healthcheck: ["start", "health check"], installed: ["start", "installed"], child: ["start", "child image"],
  build: ["start", "build of a child"], interpreter: ["start", "interpreter"], import: ["code", "module"], extension: ["native", "extension"], library: ["native", "library"],
  opens: ["native", "opened by name"], starts: ["code", "program"], script: ["code", "script"], kept: ["start", "kept"] };

/** One image: s3 is its third step, p3 a package, d3 a distribution. "up" is what needs a thing, "down" what it needs. */
function graphOf(image) {
  const { steps, packages, distributions, missing, loads } = image, up = new Map(), down = new Map(), lacks = new Map();
  const idOf = (kind, rows) => new Map(rows.map((row, index) => [row[0], kind + index]));
  const packageOf = idOf("p", packages), distributionOf = idOf("d", distributions);
  const join = (above, below) => {
    if (above === undefined || below === undefined || above === below) return;
    if ((up.get(below) ?? []).includes(above)) return;
    push(up, below, above); push(down, above, below);
  };
  const virtual = (step) => ["depends", "distribution"].includes(text(steps.what[step]));
  /** What a step stands for: a dependency of a package is that package. */
  const nodeOf = (step) => step < 0 ? undefined : !virtual(step) ? "s" + step
    : (text(steps.what[step]) === "depends" ? packageOf : distributionOf).get(steps.name[step]);
  steps.what.forEach((_, step) => { if (!virtual(step)) join(nodeOf(steps.because[step]), "s" + step); });
  for (let at = 0; at < loads.length; at += 2) join("s" + loads[at], "s" + loads[at + 1]);
  const owned = new Map();
  steps.what.forEach((_, step) => {
    for (const owner of [packageOf.get(steps.package[step]), distributionOf.get(steps.distribution[step])]) if (owner !== undefined) push(owned, owner, "s" + step);
  });
  packages.forEach((row, index) => join(nodeOf(row[5]), "p" + index));
  distributions.forEach((row, index) => join(nodeOf(row[6]), "d" + index));
  missing.forEach((row, index) => lacks.set("s" + row[3], index));
  const parent = (id) => id[0] === "s" ? nodeOf(steps.because[id.slice(1)]) : id[0] === "p" ? nodeOf(packages[id.slice(1)][5]) : nodeOf(distributions[id.slice(1)][6]);
  /** From what the image is for. A chain that comes back to itself ends there. */
  const chain = (id) => { const found = []; for (let each = id; each !== undefined && !found.includes(each); each = parent(each)) found.unshift(each); return found; };
  const show = (id) => {
    const index = Number(id.slice(1));
    if (id[0] === "p") return { type: "package", kind: "package", name: text(packages[index][0]), more: text(packages[index][2]) };
    if (id[0] === "d") return { type: "distribution", kind: "distribution", name: text(distributions[index][0]), more: text(distributions[index][2]) };
    const [type, kind] = KIND[text(steps.what[index])] ?? ["code", text(steps.what[index])], at = text(steps.at[index]), line = steps.line[index];
    const where = at === "" ? "" : line < 0 ? at : at + ":" + line;
    return lacks.has(id) ? { type: "lacks", kind: "missing " + text(missing[lacks.get(id)][0]), name: text(steps.name[index]), more: where }
      : { type, kind, name: text(steps.name[index]), more: where, path: text(steps.path[index]), level: text(steps.level[index]) };
  };
  const owner = (id) => id[0] !== "s" ? undefined : distributionOf.get(steps.distribution[id.slice(1)]) ?? packageOf.get(steps.package[id.slice(1)]);
  /** Of a package or distribution: whose files its own lead to ("down"), or are led to by ("up"), with what is told of it as a whole. */
  const around = (id, way) => {
    const found = new Set((way.get(id) ?? []).filter((each) => each[0] !== "s"));
    for (const file of owned.get(id) ?? []) for (const each of way.get(file) ?? []) found.add(each[0] === "s" ? owner(each) : each);
    return [...found].filter((each) => each !== undefined && each !== id);
  };
  return { image, up, down, lacks, chain, show, owner, owned, around, packageOf, distributionOf, nodeOf };
}

const SVG = "http://www.w3.org/2000/svg", HEIGHT = 38, GAP = 11, RAIL = 14, INDENT = 30, FEW = 8;
function element(name, attributes, content) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes ?? {})) made.setAttribute(key, value);
  if (typeof content === "string") made.textContent = content; else if (content) made.append(...content);
  return made;
}
/** Of a path the end says more, of all else the beginning. */
function fit(words, width) {
  const room = Math.max(4, Math.floor(width / 7.3)), all = [...words];
  if (all.length <= room) return words;
  return words.includes("/") ? "…" + all.slice(1 - room).join("") : all.slice(0, room - 1).join("") + "…";
}

/** "opened" is what was asked to be shown whole: "chain", "files", "up" or "down". */
function draw(graph, id, { width, opened, href, open }) {
  const svg = element("svg", { width, role: "group", "aria-label": "chain to " + graph.show(id).name });
  const lane = Math.min(170, Math.round(width * 0.3)), boxes = width - lane - 12;
  const chain = graph.chain(id), above = chain.slice(0, -1), direct = above.at(-1);
  const isStep = id[0] === "s", apart = (all) => all.filter((each) => each !== direct);
  const rows = [];
  const isLong = above.length > FEW && !opened.has("chain");
  (isLong ? above.slice(0, 2) : above).forEach((each) => rows.push({ id: each }));
  if (isLong) { rows.push({ fold: "chain", label: "… " + (above.length - 6) + " more steps" }); above.slice(-4).forEach((each) => rows.push({ id: each })); }
  const branch = (all, name, label, role) => {
    if (all.length === 0) return;
    rows.push({ label: label + " (" + all.length + ")", role });
    const shown = opened.has(name) ? all.slice(0, 200) : all.slice(0, FEW);
    for (const each of shown) rows.push({ id: each, indent: INDENT, role });
    if (all.length > shown.length) rows.push(opened.has(name) ? { label: "and " + (all.length - shown.length) + " more, in the tables", role, indent: INDENT } : { fold: name, label: "… " + (all.length - shown.length) + " more", role, indent: INDENT });
  };
  branch(apart((isStep ? graph.up : graph.owned).get(id) ?? []), "files", isStep ? "also needed by" : "its files in use", "up");
  if (!isStep) branch(apart(graph.around(id, graph.up)), "up", "also needed by", "up");
  rows.push({ id, focus: true });
  branch(isStep ? (graph.down.get(id) ?? []).filter((each) => !(graph.owned.get(each) ?? []).includes(id)) : graph.around(id, graph.down), "down", isStep ? "leads to" : "needs", "down");
  let y = 2;
  for (const row of rows) { row.y = y; row.height = row.id ? HEIGHT : 18; y += row.height + (row.id ? GAP : 6); }
  svg.setAttribute("height", y); svg.setAttribute("viewBox", "0 0 " + width + " " + y);
  svg.append(element("defs", {}, [element("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 8, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" }, [element("path", { d: "M0 0L8 4L0 8z" })])]));
  const line = (d, arrow) => svg.append(element("path", arrow ? { d, "marker-end": "url(#arrow)" } : { d }));
  const at = rows.findIndex((row) => row.focus), focus = rows[at];
  rows.forEach((row, index) => {
    const before = rows.slice(0, index).findLast((each) => each.role === undefined && each !== row);
    if (row.role === undefined && before !== undefined) line("M" + RAIL + " " + (before.y + before.height) + "V" + row.y, true);
    if (row.role === undefined || !(row.indent > 0)) return;
    const middle = row.y + row.height / 2;
    if (row.role === "up") line("M" + INDENT + " " + middle + "H" + RAIL + "V" + focus.y, true);
    else line("M" + RAIL + " " + (focus.y + HEIGHT) + "V" + middle + "H" + INDENT, true);
  });
  for (const row of rows) svg.append(row.id ? box(row) : label(row));
  braces();
  return svg;

  function box(row) {
    const shown = graph.show(row.id), left = row.indent ?? 0, wide = boxes - left;
    const link = element("a", { href: href(row.id), class: shown.type + (row.focus ? " focus" : "") });
    link.append(element("title", {}, shown.kind + " " + shown.name + (shown.more ? "\\n" + shown.more : "")),
      element("rect", { x: left + 1, y: row.y, width: wide - 2, height: HEIGHT, rx: 6 }),
      element("text", { x: left + 9, y: row.y + 15 }, fit(shown.name, wide - 18)),
      element("text", { x: left + 9, y: row.y + 30, class: "quiet" }, fit(shown.kind + (shown.more ? " · " + shown.more : ""), (wide - 18) * 1.15)));
    if (row.focus) link.setAttribute("aria-current", "true");
    return link;
  }
  function label(row) {
    const words = element("text", { x: (row.indent ?? 0) + (row.fold === "chain" ? 24 : row.indent ? 9 : 24), y: row.y + 13, class: "quiet" }, row.label);
    if (!row.fold) return words;
    const link = element("a", { href: href(id), role: "button" }, [words]);
    words.classList.add("owner");
    link.onclick = (event) => { event.preventDefault(); open(row.fold); };
    return link;
  }
  /** Whose files the boxes are, beside them, neighbours of one owner together. */
  function braces() {
    const runs = [];
    for (const row of rows) {
      const owner = row.id && graph.owner(row.id), last = runs.at(-1);
      if (owner === undefined) { if (row.id || row.label) runs.push({}); continue; }
      if (last?.owner === owner) last.end = row.y + HEIGHT; else runs.push({ owner, start: row.y, end: row.y + HEIGHT });
    }
    for (const { owner, start, end } of runs) {
      if (owner === undefined) continue;
      const shown = graph.show(owner), middle = (start + end) / 2, x = boxes + 3;
      svg.append(element("path", { class: "brace", d: "M" + x + " " + (start + 4) + "h6V" + (end - 4) + "h-6" }));
      svg.append(element("a", { href: href(owner), class: shown.type }, [element("title", {}, shown.kind + " " + shown.name + ": " + shown.more),
        element("text", { x: x + 11, y: middle - 1, class: "owner" }, fit(shown.name, lane - 8)), element("text", { x: x + 11, y: middle + 12, class: "quiet" }, shown.kind)]));
    }
  }
}
`;

/** The table of findings of a scan's page. What is chosen stands in the address, so that it can be sent to somebody. */
export const SCAN_PAGE_SCRIPT = `
const $ = (id) => document.getElementById(id);
const el = (name, attributes, content) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) if (value !== undefined) made.setAttribute(key, value);
  if (typeof content === "string") made.textContent = content; else if (content) made.append(...content.filter((each) => each !== undefined && each !== ""));
  return made;
};
const MARK = { denied: "✗", error: "!", unknown: "?", waived: "~", note: "·" };
const SHOWS = { denied: "the policy denies it", error: "a gate broke", unknown: "a gate could not tell", waived: "a waiver covers it", note: "below what the policy denies" };
const COLUMNS = [["id", "Finding"], ["state", "State"], ["severity", "Severity"], ["component", "Component"], ["owner", "Brought by"], ["gate", "Gate"], ["images", "Images"]];
const counted = (count, word) => count.toLocaleString("en-US") + " " + word + (count === 1 ? "" : "s");

function readAddress() {
  const [where, query] = location.hash.slice(1).split(/\\?(.*)/s);
  if (where !== "findings") return;
  const asked = new URLSearchParams(query ?? "");
  Object.assign(state, { words: asked.get("words") ?? "", image: asked.get("image") ?? "", owner: asked.get("owner") ?? "", limit: 100, sort: undefined });
  for (const facet of FACETS) state[facet] = new Set(asked.getAll(facet));
  const [column, way] = (asked.get("sort") ?? "").split(" ");
  if (COLUMNS.some(([name]) => name === column)) state.sort = { column, up: way !== "down" };
  $("filter").value = state.words;
  show();
  $("findings").scrollIntoView();
}

function writeAddress() {
  const asked = new URLSearchParams();
  for (const key of ["words", "image", "owner"]) if (state[key] !== "") asked.set(key, state[key]);
  for (const facet of FACETS) for (const value of state[facet]) asked.append(facet, value);
  if (state.sort) asked.set("sort", state.sort.column + (state.sort.up ? " up" : " down"));
  history.replaceState(null, "", "#findings" + (String(asked) === "" ? "" : "?" + asked));
}

function choose(changes) { Object.assign(state, changes, { limit: 100 }); writeAddress(); show(); }

function show() {
  const { rows, counts } = chosenRows(), places = rows.reduce((sum, row) => sum + SPREAD[row], 0);
  $("image").value = state.image; $("owner").value = state.owner;
  FACETS.forEach((facet, at) => showChips(facet, counts[at]));
  $("count").textContent = rows.length === 0 ? "No finding is like that." : counted(rows.length, "finding") + (state.image === "" && places !== rows.length ? ", " + places.toLocaleString("en-US") + " with each image counted" : "");
  showRows(rows);
}

function showChips(facet, counts) {
  const chips = CHOICES[facet].map((value) => {
    const name = text(value), on = state[facet].has(name);
    const chip = el("button", { class: "chip " + facet + " " + name, "aria-pressed": String(on), "data-value": name, title: facet === "state" ? SHOWS[name] : undefined }, [facet === "state" ? MARK[name] + " " : "", name + " ", el("i", {}, String(counts.get(value) ?? 0))]);
    chip.onclick = () => {
      if (on) state[facet].delete(name); else state[facet].add(name);
      choose({});
      $("facets").querySelector("[data-facet=" + facet + "] [data-value=" + CSS.escape(name) + "]")?.focus();
    };
    return chip;
  });
  const group = el("span", { role: "group", "aria-label": facet, "data-facet": facet }, [el("small", {}, facet), ...chips]);
  const before = $("facets").querySelector("[data-facet=" + facet + "]");
  if (before) before.replaceWith(group); else $("facets").append(group);
}

/** A hundred at first: what nobody scrolls to is not drawn. */
function showRows(rows) {
  const heads = COLUMNS.map(([column, title]) => {
    const isSorted = state.sort?.column === column, button = el("button", {}, title);
    button.onclick = () => {
      choose({ sort: isSorted && !state.sort.up ? undefined : { column, up: !isSorted } });
      $("list").querySelector("th:nth-child(" + (COLUMNS.findIndex(([name]) => name === column) + 1) + ") button").focus();
    };
    return el("th", { scope: "col", class: column, "aria-sort": isSorted ? (state.sort.up ? "ascending" : "descending") : "none" }, [button]);
  });
  const body = el("tbody", {}, rows.slice(0, state.limit).flatMap(rowsOf));
  $("list").replaceChildren(el("thead", {}, [el("tr", {}, heads)]), body);
  $("list").hidden = rows.length === 0;
  $("more")?.remove();
  if (rows.length <= state.limit) return;
  const more = el("button", { id: "more", class: "chip" }, counted(Math.min(500, rows.length - state.limit), "more row") + " of " + (rows.length - state.limit).toLocaleString("en-US"));
  more.onclick = () => { const at = state.limit; state.limit += 500; showRows(rows); $("list").tBodies[0].querySelectorAll("button.open")[at]?.focus(); };
  $("findings").append(more);
}

function rowsOf(row) {
  const isOpen = state.open.has(row), of = (column) => cell(row, column), name = of("state");
  const open = el("button", { class: "open", "aria-expanded": String(isOpen) }, of("id"));
  const fixed = of("fixed"), component = of("component"), version = of("version");
  const cells = [
    [open, el("small", {}, of("message"))],
    [el("mark", { class: name, title: SHOWS[name] }, [el("i", { "aria-hidden": "true" }, MARK[name]), " " + name])],
    [of("severity") === "" ? "" : el("span", { class: "severity " + of("severity") }, of("severity"))],
    [component + (version === "" ? "" : " " + version), fixed === "" ? "" : el("small", {}, "mended by " + fixed)],
    [of("owner"), el("small", {}, of("place"))],
    [of("gate")],
    [String(SPREAD[row])],
  ];
  const line = el("tr", { "data-row": row }, COLUMNS.map(([column, title], at) => el("td", { class: column, "data-label": title }, cells[at])));
  open.onclick = () => {
    if (isOpen) state.open.delete(row); else state.open.add(row);
    const fresh = rowsOf(row);
    if (isOpen) line.nextSibling.remove();
    line.replaceWith(...fresh);
    fresh[0].querySelector("button").focus();
  };
  return isOpen ? [line, el("tr", { class: "detail" }, [el("td", { colspan: COLUMNS.length }, [detailOf(row)])])] : [line];
}

const DETAILS = [["message", "what"], ["purl", "component"], ["fixed", "mended by"], ["aliases", "also called"], ["sources", "said by"], ["path", "in the image"], ["layer", "layer"], ["place", "brought at"], ["hint", "hint"], ["waiver", "waiver"]];
/** All that is known of one, and the images that have it. */
function detailOf(row) {
  const known = DETAILS.flatMap(([column, title]) => cell(row, column) === "" ? [] : [el("dt", {}, title), el("dd", {}, cell(row, column))]);
  const names = IMAGES.filter(({ findings }) => findings.includes(row)).map(({ name }) => text(name));
  const links = names.flatMap((name, at) => [at === 0 ? "" : ", ", el("a", { href: "#findings?" + new URLSearchParams({ image: name }) }, name)]);
  return el("dl", {}, [...known, el("dt", {}, "images"), el("dd", {}, links)]);
}

function fill(id, names) {
  $(id).replaceChildren(el("option", { value: "" }, "all"), ...names.map((name) => el("option", { value: name }, name)));
  $(id).onchange = () => choose({ [id]: $(id).value });
}

let waiting;
$("filter").oninput = () => { clearTimeout(waiting); waiting = setTimeout(() => choose({ words: $("filter").value }), ROWS.length > 5000 ? 150 : 0); };
$("clear").onclick = () => { for (const facet of FACETS) state[facet].clear(); $("filter").value = ""; choose({ words: "", image: "", owner: "", sort: undefined }); };
fill("image", IMAGES.map(({ name }) => text(name)).sort());
fill("owner", [...new Set(ROWS.map((row) => row[AT.owner]))].filter((each) => each >= 0).sort((a, b) => a - b).map(text));
$("found").hidden = ROWS.length === 0;
if (ROWS.length === 0) $("findings").append(el("p", {}, "No gate found anything."));
show();
readAddress();
addEventListener("hashchange", readAddress);
`;

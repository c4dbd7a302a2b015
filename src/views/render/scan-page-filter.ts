/** Which findings of a scan's page are shown, and in which order: on numbers alone, so that 150,000 take no time. */
export const SCAN_PAGE_FILTER = `
const DATA = JSON.parse(document.getElementById("data").textContent), TEXTS = DATA.texts, ROWS = DATA.findings, IMAGES = DATA.images;
const AT = Object.fromEntries(DATA.columns.map((name, at) => [name, at]));
const text = (index) => (index < 0 ? "" : TEXTS[index]);
const cell = (row, column) => text(ROWS[row][AT[column]]);
const NUMBER = new Map(TEXTS.map((each, index) => [each, index]));
const ORDER = { state: ["denied", "error", "unknown", "waived", "note"], severity: ["critical", "high", "unknown", "medium", "low", "none"] };
const SEARCHED = ["id", "message", "component", "version", "fixed", "owner", "place", "path", "layer", "aliases", "sources", "hint", "waiver", "gate", "state", "severity"].map((name) => AT[name]);
const FACETS = ["state", "severity", "gate"];
/** By facet, what there is to choose, the gravest first. */
const CHOICES = Object.fromEntries(FACETS.map((facet) => {
  const rank = (value) => ORDER[facet]?.indexOf(text(value)) ?? 0;
  return [facet, [...new Set(ROWS.map((row) => row[AT[facet]]))].filter((value) => value >= 0).sort((a, b) => rank(a) - rank(b) || a - b)];
}));
const ALL = ROWS.map((_, row) => row);
/** How many images have each. */
const SPREAD = new Int32Array(ROWS.length);
for (const { findings } of IMAGES) for (const row of new Set(findings)) SPREAD[row]++;

const state = { words: "", image: "", owner: "", state: new Set(), severity: new Set(), gate: new Set(), sort: undefined, limit: 100, open: new Set() };

let lower;
/** By text, whether the word is in it. */
function textsWith(word) {
  lower ??= TEXTS.map((each) => each.toLowerCase());
  return Uint8Array.from(lower, (each) => Number(each.includes(word)));
}

/** The rows that fit, and for each value of a facet how many there would be if it were chosen alone. */
function chosenRows() {
  const words = state.words.toLowerCase().split(/\\s+/).filter(Boolean).map(textsWith);
  const image = IMAGES.find(({ name }) => text(name) === state.image), owner = state.owner === "" ? -1 : NUMBER.get(state.owner) ?? -2;
  const wanted = FACETS.map((facet) => new Set([...state[facet]].map((each) => NUMBER.get(each) ?? -2)));
  const columns = FACETS.map((facet) => AT[facet]), counts = FACETS.map(() => new Map()), rows = [];
  const add = (facet, value) => counts[facet].set(value, (counts[facet].get(value) ?? 0) + 1);
  for (const row of state.image === "" ? ALL : [...new Set(image?.findings ?? [])]) {
    const each = ROWS[row];
    if (owner !== -1 && each[AT.owner] !== owner) continue;
    if (!words.every((hits) => SEARCHED.some((column) => each[column] >= 0 && hits[each[column]] === 1))) continue;
    const misfits = columns.flatMap((column, facet) => (wanted[facet].size === 0 || wanted[facet].has(each[column]) ? [] : [facet]));
    if (misfits.length === 0) { rows.push(row); columns.forEach((column, facet) => add(facet, each[column])); }
    else if (misfits.length === 1) add(misfits[0], each[columns[misfits[0]]]);
  }
  return { rows: sorted(rows), counts };
}

/** The gravest come first as they are; texts have numbers in the order of the alphabet. */
function sorted(rows) {
  if (state.sort === undefined) return rows;
  const { column, up } = state.sort, place = AT[column], ranks = ORDER[column];
  const rank = column === "images" ? (row) => SPREAD[row] : ranks === undefined ? (row) => ROWS[row][place]
    : ((of) => (row) => of.get(ROWS[row][place]) ?? ranks.length)(new Map(ranks.map((name, index) => [NUMBER.get(name), index])));
  return rows.toSorted((one, other) => (up ? rank(one) - rank(other) : rank(other) - rank(one)) || one - other);
}
`;

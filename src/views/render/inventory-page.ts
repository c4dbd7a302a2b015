/** What is an inventory's own of the looks of its page. */
export const INVENTORY_STYLE = `
.card.silent b { color: var(--soft) }
nav { display: flex; flex-wrap: wrap; gap: .45rem; align-items: center; position: sticky; top: 0; padding: .5rem 0; background: Canvas; z-index: 1 }
#filter { flex: 0 1 20rem; padding: .35rem .6rem; font: inherit }
.chip { font: inherit; font-size: 12px; border: 1px solid var(--line); border-radius: 99px; background: none; color: inherit; padding: .2rem .7rem; cursor: pointer }
.chip[aria-pressed=true] { outline: 2px solid currentColor } .chip i { color: var(--quiet); font-style: normal }
th, td { white-space: nowrap }
th button { font: inherit; font-weight: 600; background: none; border: 0; color: inherit; padding: 0; cursor: pointer }
th[aria-sort=ascending] button::after { content: " ▲" } th[aria-sort=descending] button::after { content: " ▼" }
td.number { text-align: right; font-variant-numeric: tabular-nums } td.name { font-weight: 600 }
.tree tr[data-group=current] td.name span { padding-left: calc(var(--depth) * 1.3rem) }
.bar { display: block; min-width: 6rem; padding: 0 .3rem; background: linear-gradient(to left, var(--bar) var(--share), transparent 0) }
mark.in-step { color: var(--good) }
mark.unknown, mark.unavailable { color: var(--soft) } mark.foreign, mark.orphaned, mark.untagged-child { color: var(--quiet) }
td small { display: block; color: var(--quiet); white-space: normal; min-width: 16rem }
tr[hidden] { display: none }
`;

/** Filter, chips, sorting and the hierarchy's order. The page reads well without it, too. */
export const INVENTORY_SCRIPT = `
const body = document.querySelector("tbody"), rows = [...body.rows], filter = document.getElementById("filter");
const all = document.getElementById("all"), tree = document.getElementById("tree"), table = document.querySelector("table");
const chips = [...document.querySelectorAll("[data-class].chip")], heads = [...document.querySelectorAll("th")];
const textOf = (row) => (row.textContent + " " + [...row.querySelectorAll("[title]")].map((e) => e.title).join(" ")).toLowerCase();
const texts = new Map(rows.map((row) => [row, textOf(row)]));
function show() {
  const words = filter.value.toLowerCase().split(/\\s+/).filter(Boolean);
  const wanted = chips.filter((chip) => chip.ariaPressed === "true").map((chip) => chip.dataset.class);
  let seen = 0;
  for (const row of rows) {
    const fits = (all.checked || wanted.length > 0 || row.dataset.group !== "more") &&
      (wanted.length === 0 || wanted.includes(row.dataset.class)) && words.every((word) => texts.get(row).includes(word));
    row.hidden = !fits;
    if (fits) seen++;
  }
  document.getElementById("count").textContent = seen + " of " + rows.length;
}
function order(head) {
  const up = head && head.ariaSort !== "ascending", at = heads.indexOf(head);
  for (const each of heads) each.ariaSort = each === head ? (up ? "ascending" : "descending") : "none";
  table.classList.toggle("tree", !head);
  tree.ariaPressed = String(!head);
  const key = (row) => row.cells[at].dataset.sort;
  const compare = head && head.dataset.kind === "number" ? (a, b) => key(a) - key(b) : (a, b) => key(a).localeCompare(key(b));
  body.append(...(head ? rows.toSorted((a, b) => (up ? compare(a, b) : compare(b, a))) : rows));
}
for (const chip of chips) chip.onclick = () => { chip.ariaPressed = String(chip.ariaPressed !== "true"); show(); };
for (const head of heads) head.onclick = () => order(head);
tree.onclick = () => order(undefined);
filter.oninput = all.onchange = show;
show();
`;

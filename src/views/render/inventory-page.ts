/** What is an inventory's own of the looks of its page, behind what all pages share. */
export const INVENTORY_STYLE = `
.card { border: 1px solid var(--line); border-radius: 8px; padding: .6rem .9rem; display: grid; align-content: start; max-width: 26rem }
details ul { columns: 24rem; padding-left: 1.2rem }
.card span { color: var(--quiet); font-size: 12px } .card b { font-size: 1.2rem } .card.silent b { color: var(--soft) }
nav { display: flex; flex-wrap: wrap; gap: .45rem; align-items: center; position: sticky; top: 0; padding: .5rem 0; background: Canvas; z-index: 1 }
#filter { flex: 0 1 20rem; padding: .35rem .6rem; font: inherit }
.chip { font: inherit; font-size: 12px; border: 1px solid var(--line); border-radius: 99px; background: none; color: inherit; padding: .2rem .7rem; cursor: pointer }
.chip[aria-pressed=true] { outline: 2px solid currentColor } .chip i { color: var(--quiet); font-style: normal }
table { border-collapse: separate; border-spacing: 0; width: 100% }
th, td { text-align: left; padding: .3rem .4rem; border-bottom: 1px solid var(--line); vertical-align: top; white-space: nowrap }
th { white-space: normal; vertical-align: bottom }
th:first-child, td.name { position: sticky; left: 0; padding-left: 0; min-width: 14rem; background: Canvas }
th button { font: inherit; font-weight: 600; background: none; border: 0; color: inherit; padding: 0; text-align: inherit; cursor: pointer }
th[aria-sort=ascending] button::after { content: " ▲" } th[aria-sort=descending] button::after { content: " ▼" }
.number { text-align: right; font-variant-numeric: tabular-nums } td.name { font-weight: 600 }
.tree tr[data-group=current] td.name span { display: block; padding-left: calc(var(--depth) * var(--step, 1rem)) }
.scroll { overflow-x: auto; background: linear-gradient(to left, Canvas 2rem, transparent) right / 4rem 100% no-repeat local,
  linear-gradient(to left, #0003, transparent) right / .8rem 100% no-repeat }
.bar { display: block; min-width: 3.8rem; padding-right: .2rem; background: linear-gradient(to left, var(--bar) var(--share), transparent 0) }
mark { background: none; color: var(--bad); font-weight: 600 } mark.in-step { color: var(--good) }
mark.unknown, mark.unavailable { color: var(--soft) }
mark.left-out, mark.foreign, mark.orphaned, mark.untagged-child { color: var(--quiet) }
/* Below a line that its neighbours leave empty: a reason may reach under them. */
td small { display: block; color: var(--quiet); white-space: normal; overflow-wrap: anywhere; width: 40rem; margin-right: -32rem }
@media (max-width: 60rem) { body { --step: .5rem; margin: 1rem } th:first-child, td.name { white-space: normal; min-width: 11rem } td small { width: 24rem; margin-right: -16rem } }
tr[hidden] { display: none } footer { color: var(--quiet); margin-top: 1rem; font-size: 12px }
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
  const inScope = rows.filter((row) => all.checked || row.dataset.group !== "more");
  const shown = new Set(inScope.filter((row) =>
    (wanted.length === 0 || wanted.includes(row.dataset.class)) && words.every((word) => texts.get(row).includes(word))));
  for (const row of rows) row.hidden = !shown.has(row);
  for (const chip of chips) {
    const count = inScope.filter((row) => row.dataset.class === chip.dataset.class).length;
    chip.querySelector("i").textContent = count;
    chip.hidden = count === 0 && chip.ariaPressed !== "true";
  }
  const bars = [...shown].flatMap((row) => [...row.querySelectorAll(".bar")]);
  const largest = Math.max(1, ...bars.map((bar) => Number(bar.parentElement.dataset.sort)));
  for (const bar of bars) bar.style.setProperty("--share", 100 * bar.parentElement.dataset.sort / largest + "%");
  document.getElementById("count").textContent = shown.size + " of " + rows.length + " rows";
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

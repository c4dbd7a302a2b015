/** The table of images of a scan's page: rows are there already, and are sorted, filtered and opened here. */
export const SCAN_PAGE_IMAGES = `
const imageRows = [...$("image-list")?.tBodies[0].rows ?? []], byName = new Map(IMAGES.map((image) => [text(image.name), image])), outcomes = new Set();
const places = new Map(imageRows.map((row, at) => [row, at]));
let imageSort;

function showImages() {
  closeImages();
  const words = $("image-filter").value.toLowerCase().split(/\\s+/).filter(Boolean);
  const fits = (row) => (outcomes.size === 0 || outcomes.has(row.dataset.outcome)) && words.every((word) => row.textContent.toLowerCase().includes(word));
  const { at, kind, up } = imageSort ?? {}, key = (row) => (kind === "number" || kind === "text" || kind === "gates" ? Number(row.cells[at].dataset.sort) : row.cells[at].dataset.sort.toLowerCase());
  const compare = (one, other) => { const a = key(one), b = key(other); return (a < b ? -1 : a > b ? 1 : 0) * (up ? 1 : -1); };
  const order = imageRows.toSorted((one, other) => (imageSort ? compare(one, other) : 0) || places.get(one) - places.get(other));
  for (const row of order) row.hidden = !fits(row);
  $("image-list").tBodies[0].replaceChildren(...order);
  // A part of the hierarchy is none: indented rows would hang in the air.
  $("image-list").classList.toggle("tree", imageSort === undefined && words.length === 0 && outcomes.size === 0);
  $("tree").ariaPressed = String(imageSort === undefined);
  const shown = imageRows.filter((row) => !row.hidden).length;
  $("image-count").textContent = shown === imageRows.length ? "" : shown + " of " + imageRows.length;
  [...$("image-list").tHead.rows[0].cells].forEach((head, index) => { head.ariaSort = index === at ? (up ? "ascending" : "descending") : "none"; });
}

function closeImages() {
  for (const row of document.querySelectorAll("#image-list .detail")) row.remove();
  for (const button of document.querySelectorAll("#image-list .open")) button.ariaExpanded = "false";
}

const SIGN = { ...MARK, passed: "✓" };
/** What every gate says of an image, in their order. */
function verdictsOf({ name, verdicts, findings }) {
  const rows = [];
  for (let at = 0; at < verdicts.length; at += 3) {
    const [gate, outcome, reason] = verdicts.slice(at, at + 3).map(text);
    rows.push(el("dt", {}, gate), el("dd", {}, [el("mark", { class: outcome }, [el("i", { "aria-hidden": "true" }, SIGN[outcome]), " " + outcome]), " " + reason]));
  }
  const link = el("a", { href: "#findings?" + new URLSearchParams({ image: text(name) }) }, "its " + counted(findings.length, "finding"));
  return el("div", {}, [el("dl", {}, rows), findings.length === 0 ? "" : link]);
}

for (const row of imageRows) {
  const image = byName.get(row.dataset.name), button = row.querySelector("button.open");
  if (image === undefined || button === null) continue;
  button.onclick = () => {
    const isOpen = button.ariaExpanded === "true";
    button.ariaExpanded = String(!isOpen);
    if (isOpen) row.nextSibling.remove(); else row.after(el("tr", { class: "detail" }, [el("td", { colspan: row.cells.length }, [verdictsOf(image)])]));
  };
}
if (imageRows.length > 0) {
  $("image-controls").hidden = false;
  $("image-filter").oninput = showImages;
  $("tree").onclick = () => { imageSort = undefined; showImages(); };
  for (const chip of document.querySelectorAll("[data-outcome].chip")) chip.onclick = () => {
    const { outcome } = chip.dataset;
    if (!outcomes.delete(outcome)) outcomes.add(outcome);
    chip.ariaPressed = String(outcomes.has(outcome));
    showImages();
  };
  [...$("image-list").tHead.rows[0].cells].forEach((head, at) => {
    const button = head.querySelector("button");
    // Names begin with A, numbers with the largest.
    button.onclick = () => { const { kind } = button.dataset, first = kind !== "number" && kind !== "gates"; imageSort = imageSort?.at === at ? (imageSort.up === first ? { at, kind, up: !first } : undefined) : { at, kind, up: first }; showImages(); };
  });
}
addEventListener("beforeprint", () => { for (const each of document.querySelectorAll("details")) each.open = true; });
`;

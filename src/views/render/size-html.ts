import { htmlJson, htmlPage, htmlText } from "./html-page.ts";
import { printable } from "./printable.ts";
import { sizeText } from "./size-cells.ts";
import { sizePageData } from "./size-page-data.ts";
import { SIZE_PAGE_SCRIPT } from "./size-page-script.ts";
import { SIZE_PAGE_STYLE } from "./size-page-style.ts";
import { sizeSummary } from "./size-summary.ts";
import type { SizeView } from "./size-view.ts";
import { TREEMAP_SCRIPT } from "./treemap-script.ts";
import { TREEMAP_STYLE } from "./treemap-style.ts";

/** One page with nothing outside of it: a map to zoom into and tables, of all images and of each. The same report, the same bytes. */
export function renderSizeHtml(view: SizeView): string {
  const { release, images, left } = view;
  const title = release === undefined ? "Sizes" : `Sizes of release ${release}`;
  return htmlPage({
    title: printable(title),
    style: `${TREEMAP_STYLE}${SIZE_PAGE_STYLE}`,
    script: `${TREEMAP_SCRIPT}${SIZE_PAGE_SCRIPT}`,
    body: `<header>
<h1>${shown(title)}</h1>
<p>${summary(view)}</p>
</header>
<nav class="views" aria-label="images">${cards(view).join("\n")}${left.map(leftCard).join("\n")}</nav>
<noscript><p>The map and the tables of this page need its own script; <code>lapstrake size</code> prints them, too.</p></noscript>
<main id="main" hidden>
<h2 id="view"></h2>
<section id="map"></section>
<section>
<div role="tablist" id="tabs" aria-label="what to list"></div>
<div class="controls"><input id="filter" type="search" placeholder="filter by any word" aria-label="filter"><span id="count" role="status"></span></div>
<div class="scroll" id="list" role="tabpanel" aria-labelledby="view"></div>
</section>
</main>
<footer>Unpacked bytes are those of the layers' archives, compressed ones those of the registry. In the map, arrows lead from tile to tile, Enter opens one,
Escape leads out. ${images.length === 0 ? "" : "A file counts as wasted where a later layer replaced or deleted it: it is pulled and stored all the same."}</footer>
<script type="application/json" id="data">${htmlJson(sizePageData(view))}</script>`,
  });
}

function shown(text: string): string {
  return htmlText(printable(text));
}

function summary(view: SizeView): string {
  const { left } = view;
  return `${htmlText(sizeSummary(view))}${left.length === 0 ? "" : `; <b>${left.length} not measured</b>`}.`;
}

function cards({ images, fleet }: SizeView): readonly string[] {
  const isFleet = images.length > 1;
  const largest = Math.max(1, ...images.map(({ size }) => size.unpacked));
  const all = card(0, {
    name: "all images",
    lines: ["each layer once", `${sizeText(fleet.machine.unique)} unpacked`],
    share: undefined,
  });
  return [
    ...(isFleet ? [all] : []),
    ...images.map(({ size }, index) =>
      card(index + (isFleet ? 1 : 0), {
        name: size.name,
        lines: [
          `${sizeText(size.unpacked)} unpacked`,
          size.compressed === undefined ? "stored nowhere" : `${sizeText(size.compressed)} compressed`,
        ],
        share: size.unpacked / largest,
      }),
    ),
  ];
}

interface Card {
  readonly name: string;
  readonly lines: readonly string[];
  /** Of the largest image. */
  readonly share: number | undefined;
}

function card(index: number, { name, lines, share }: Card): string {
  const bar = share === undefined ? "" : `<i class="share" style="--share:${(100 * share).toFixed(1)}%"></i>`;
  const spans = lines.map((line) => `<span>${htmlText(line)}</span>`).join("");
  return `<a class="card" href="#${index}" data-view="${index}"><b>${shown(name)}</b>${spans}${bar}</a>`;
}

function leftCard({ name, why }: SizeView["left"][number]): string {
  return `<div class="card"><b>${shown(name)}</b><mark class="soft">not measured</mark><span>${shown(why)}</span></div>`;
}

/** What is a scan's own of the looks of its page. */
export const SCAN_PAGE_STYLE = `
:root { --link: #0969da; --calm: #0a6c84; --paper: #f6f8fa }
@media (prefers-color-scheme: dark) { :root { --link: #58a6ff; --calm: #56b6c2; --paper: #161b22 } }
body { max-width: 1400px; margin: 0 auto; padding: 1.2rem 1.5rem } h1 { overflow-wrap: anywhere }
h2 { font-size: 1.15rem; margin: 2rem 0 .6rem; padding-top: .4rem } a { color: var(--link) } section { scroll-margin-top: 2.6rem } #fix h2 { margin-top: 1.2rem }
code { overflow-wrap: anywhere } small { color: var(--quiet); display: block; font-size: 12px } p { margin: .4rem 0; max-width: 75ch }
mark { color: inherit; white-space: nowrap } mark i, .strip i { font-style: normal; font-weight: 700; display: inline-block; min-width: 1em; text-align: center }
.denied, .error, .critical { --tone: var(--bad) } .unknown, .blocked, .high { --tone: var(--soft) } .waived { --tone: var(--calm) } .passed { --tone: var(--good) } .note, .medium, .low, .none { --tone: var(--quiet) }
mark.denied, mark.error, mark.unknown, mark.blocked, mark.waived, mark.passed, mark.note, .strip i, .severity, p.unknown, span.unknown, small.blocked { color: var(--tone) } mark.note { font-weight: 400 } .severity.critical, .severity.high { font-weight: 600 }
.verdict { font-size: 1.05rem; border-left: 5px solid var(--tone); background: var(--paper); padding: .6rem .9rem; margin: .8rem 0; border-radius: 4px; max-width: none; display: flex; gap: .2rem .9rem; flex-wrap: wrap; align-items: baseline } .verdict mark { font-size: 1.4rem; text-transform: capitalize }
.pinned { border: 1px dashed var(--soft); color: var(--soft); font-weight: 600; padding: .35rem .7rem; border-radius: 4px; display: inline-block } .pinned::first-letter, header p::first-letter, .doubts li::first-letter { text-transform: uppercase }
.doubts { margin: .4rem 0; padding-left: 1.2rem; color: var(--soft) }
.shares { display: flex; height: .7rem; gap: 2px; border-radius: 4px; overflow: hidden; margin-top: .8rem } .shares i { background: var(--tone); min-width: 3px }
.legend { display: flex; flex-wrap: wrap; gap: .1rem 1rem; font-size: 13px; max-width: none } .legend a { text-decoration: none } .legend a:hover { text-decoration: underline }
nav { position: sticky; top: 0; background: Canvas; display: flex; flex-wrap: wrap; gap: .1rem 1.1rem; padding: .5rem 0; border-bottom: 1px solid var(--line); z-index: 1 } nav a { text-decoration: none; white-space: nowrap } nav a:hover { text-decoration: underline }
.fixes { padding-left: 1.6rem; margin: .6rem 0 } .fixes > li { margin-bottom: .9rem } .fixes > li::marker { font-weight: 600; color: var(--quiet) } .fixes > li > b { font-size: 15px; overflow-wrap: anywhere } .frees { color: var(--good); margin: .15rem 0; font-size: 13px }
.share { display: block; height: .35rem; border-radius: 9px; margin: .3rem 0; background: linear-gradient(to right, var(--link) var(--share), var(--line) 0) }
.share.two { max-width: 46rem; background: linear-gradient(to right, var(--link) var(--share), var(--soft) 0 calc(var(--share) + var(--rest)), var(--line) 0) } td .share { margin: .2rem 0 0; height: .2rem }
summary { cursor: pointer; color: var(--link); font-size: 13px } .fixes details { margin-top: .2rem } .untold { padding-left: 1.2rem } .untold li { margin-bottom: .5rem; overflow-wrap: anywhere }
.treemap small { display: inline; font-size: 11px } .treemap .parts { margin-bottom: 0 } .treemap .told { max-width: none }
.controls { display: flex; flex-wrap: wrap; gap: .35rem .5rem; align-items: center; padding: .3rem 0 } .controls[hidden], #found[hidden] { display: none } input[type=search] { flex: 0 1 17rem; min-width: 9rem; padding: .3rem .6rem; font: inherit } select { font: inherit; max-width: 14rem; padding: .2rem }
#facets { gap: .3rem 1.4rem } #facets > span { display: flex; flex-wrap: wrap; gap: .3rem; align-items: center } label, #count, #image-count { color: var(--quiet); font-size: 13px } #count { margin: .4rem 0 }
.chip { font: inherit; font-size: 12px; border: 1px solid var(--line); border-radius: 99px; background: none; color: var(--tone, inherit); padding: .15rem .65rem; cursor: pointer } .chip i { color: var(--quiet); font-style: normal } .chip[aria-pressed=true] { outline: 2px solid currentColor; font-weight: 600 } #more { margin: .7rem 0 } .chip.gate { --tone: inherit }
th { font-weight: 600; white-space: nowrap; border-bottom-width: 2px } th button { font: inherit; background: none; border: 0; color: inherit; padding: 0; cursor: pointer } th[aria-sort=ascending] button::after { content: " ▲" } th[aria-sort=descending] button::after { content: " ▼" }
td { font-size: 13px; overflow-wrap: anywhere } td.number, th.number, td.images, th.images { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap } td.name, td.id { min-width: 12rem } td.why { max-width: 34rem; min-width: 9rem } td.component, td.owner { min-width: 9rem } td.gate { white-space: nowrap } tbody tr:hover { background: var(--paper) } tr[hidden] { display: none }
.strip { white-space: nowrap; font-size: 12px } .strip i { cursor: help; width: 1.15em; min-width: 0 } .strip i.passed { opacity: .55 }
.open { font: inherit; font-weight: 600; color: inherit; background: none; border: 0; padding: 0; text-align: left; cursor: pointer; overflow-wrap: anywhere } .open::before { content: "▸ "; color: var(--quiet); font-weight: 400 } .open[aria-expanded=true]::before { content: "▾ " } .tree td.name { padding-left: calc(.6rem + var(--depth) * 1.1rem) } #image-list td.name small { display: inline }
.detail td { background: var(--paper); padding: .6rem 1rem } dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .2rem 1rem; margin: 0 } dt { color: var(--quiet) } dd { margin: 0; overflow-wrap: anywhere }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px }
@media (max-width: 700px) {
  body { padding: .7rem } nav { flex-wrap: nowrap; overflow-x: auto } .fixes { padding-left: 1.3rem }
  .stack, .stack tbody, .stack tbody tr:not([hidden]), .stack td { display: block } .stack:not(#list, #image-list) thead { display: none }
  .stack thead tr { display: flex; flex-wrap: wrap; gap: .3rem 1rem; padding: .3rem 0 } .stack thead th { border: 0; padding: 0; font-size: 12px; text-align: left }
  .stack tbody tr { border-bottom: 1px solid var(--line); padding: .5rem 0 } .stack td { border: 0; padding: .05rem 0; min-width: 0; max-width: none; text-align: left; white-space: normal }
  .stack td:empty, .stack td .share { display: none } .stack td.number, .stack td.images, .stack td.gate, .stack td.severity, .stack td.state { display: inline-block; margin-right: 1rem }
  .stack td[data-label]:not(.name, .id, .state, .severity, .why, .text)::before { content: attr(data-label) ": "; color: var(--quiet); font-size: 12px } .stack td small { display: inline; margin-left: .4rem }
  .tree tbody tr { padding-left: calc(var(--depth, 0) * .8rem) } .tree td.name { padding-left: 0 } #image-list td.gates { display: none }
  .detail td { padding: .5rem } dl { grid-template-columns: 1fr; gap: 0 } dd { margin-bottom: .3rem }
}
@media print { nav, .controls, #more, .open::before { display: none } body { max-width: none; padding: 0; font-size: 11px } th, td { font-size: 10px; padding: .15rem .3rem } small, summary, .frees, .legend, #count { font-size: 10px } td.name, td.id, td.why, td.component, td.owner { min-width: 0 } .strip { font-size: 9px } tr, li { break-inside: avoid } a { color: inherit; text-decoration: none } .shares, .share, .verdict { print-color-adjust: exact } .scroll { overflow: visible } }
`;

/** What is an audit's own of the looks of its page. */
export const AUDIT_PAGE_STYLE = `
:root { --code: #0969da; --native: #8250df; --root: #1a7f37; --focus: #0969da22 }
@media (prefers-color-scheme: dark) { :root { --code: #58a6ff; --native: #bc8cff; --root: #3fb950; --focus: #388bfd33 } }
body { max-width: 1500px; margin: 0 auto; padding: 1.2rem 1.5rem }
h2 { font-size: 1.1rem; margin: 0 0 .5rem; overflow-wrap: anywhere } h2 small { font-weight: 400; color: var(--quiet); font-size: 12px }
a { color: var(--code) }
.images { display: grid; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); gap: .5rem; margin-bottom: 1.2rem }
.card { padding: .45rem .7rem; color: inherit; text-decoration: none; max-width: none; align-content: start; gap: .1rem } .card b { font-size: 14px; overflow-wrap: anywhere } .card span { overflow-wrap: anywhere }
a.card:hover { border-color: var(--code) } .card[aria-current=true] { outline: 2px solid var(--code); outline-offset: -1px }
.share { height: .3rem; border-radius: 9px; margin-top: .3rem; background: linear-gradient(to right, var(--soft) var(--share), var(--line) 0) }
mark.good { color: var(--good) } mark.soft { color: var(--soft) } mark.bad { color: var(--bad) } mark { font-size: 12px }
main { display: grid; grid-template-columns: minmax(0, 1fr) minmax(22rem, 34rem); gap: 1.5rem; align-items: start } main[hidden] { display: none }
#tabs { display: flex; flex-wrap: wrap; gap: .2rem .9rem; border-bottom: 1px solid var(--line) }
#tabs button { font: inherit; background: none; border: 0; border-bottom: 3px solid transparent; color: inherit; padding: .3rem .1rem; cursor: pointer }
#tabs button[aria-selected=true] { border-color: var(--code); font-weight: 600 } #tabs i, .chip i { color: var(--quiet); font-style: normal; font-weight: 400 }
.controls { display: flex; flex-wrap: wrap; gap: .4rem; align-items: center; padding: .6rem 0 } #chips { display: contents }
#filter { flex: 0 1 16rem; padding: .3rem .6rem; font: inherit } #count { color: var(--quiet); font-size: 12px }
.chip, .more { font: inherit; font-size: 12px; border: 1px solid var(--line); border-radius: 99px; background: none; color: inherit; padding: .15rem .65rem; cursor: pointer }
.chip[aria-pressed=true] { outline: 2px solid currentColor } .more { margin: .6rem 0 }
th button { font: inherit; font-weight: 600; background: none; border: 0; color: inherit; padding: 0; text-align: inherit; cursor: pointer; white-space: nowrap }
th[aria-sort=ascending] button::after { content: " ▲" } th[aria-sort=descending] button::after { content: " ▼" }
td { font-size: 13px; overflow-wrap: anywhere; min-width: 5rem } td.name { min-width: 9rem } td small { color: var(--quiet); display: block }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
tbody tr { cursor: pointer } tbody tr:hover { background: var(--focus) } tr[aria-selected=true] { background: var(--focus); box-shadow: inset 3px 0 var(--code) }
.unused, .warning, .optional, .uncertain { color: var(--soft) } .error, .required.missing { color: var(--bad) } .base, .kept, .depends { color: var(--quiet) } .needed, .imported, .linked, .tool { color: var(--good) }
#chain { position: sticky; top: .5rem; max-height: calc(100vh - 1rem); overflow: auto; border: 1px solid var(--line); border-radius: 8px; padding: .7rem .9rem; background: Canvas }
#chain:empty { display: none } #chain h3 { margin: 0; font-size: 1rem; overflow-wrap: anywhere } #chain p { margin: .25rem 0; font-size: 13px; overflow-wrap: anywhere }
#chain .close { float: right; border: 0; background: none; color: inherit; font: inherit; font-size: 1.1rem; cursor: pointer; padding: 0 .3rem }
#chain ul { margin: .2rem 0; padding-left: 1.1rem; font-size: 12px; overflow-wrap: anywhere } #chain summary { cursor: pointer; font-size: 13px }
svg { display: block; margin-top: .5rem; font: 12px ui-monospace, monospace } svg text { fill: CanvasText } svg .quiet { fill: var(--quiet); font: 11px system-ui, sans-serif }
svg rect { fill: Canvas; stroke: var(--state, var(--quiet)); stroke-width: 1.2 } svg .focus rect { fill: var(--focus); stroke-width: 2.2 } svg a { cursor: pointer; outline: none }
svg a:hover rect, svg a:focus-visible rect { stroke-width: 3 } svg a:hover .owner, svg a:focus-visible .owner { text-decoration: underline }
svg path { fill: none; stroke: var(--quiet); stroke-width: 1.3 } svg path.brace { stroke-dasharray: 3 3 } svg marker path { fill: var(--quiet); stroke: none }
svg .start { --state: var(--root) } svg .code { --state: var(--code) } svg .native { --state: var(--native) } svg .package { --state: var(--soft) } svg .distribution { --state: var(--code) } svg .lacks { --state: var(--bad) }
.key { color: var(--quiet); font-size: 12px }
@media (max-width: 1000px) {
  main { grid-template-columns: minmax(0, 1fr) } #chain { position: fixed; inset: auto 0 0; top: auto; max-height: 65vh; border-radius: 12px 12px 0 0; box-shadow: 0 -4px 18px #0005; z-index: 2 }
  body:has(#chain:not(:empty)) { padding-bottom: 65vh }
}
@media (max-width: 600px) { body { padding: .8rem } .images { grid-template-columns: 1fr; max-height: 19rem; overflow: auto } .wide { display: none } th, td { padding: .3rem .35rem } }
`;

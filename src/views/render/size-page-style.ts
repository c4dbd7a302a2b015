/** What is of sizes alone of the looks of their page. */
export const SIZE_PAGE_STYLE = `
:root { --code: #0969da; --focus: #0969da22 }
@media (prefers-color-scheme: dark) { :root { --code: #58a6ff; --focus: #388bfd33 } }
body { max-width: 1400px; margin: 0 auto; padding: 1.2rem 1.5rem }
h2 { font-size: 1.1rem; margin: 0 0 .5rem; overflow-wrap: anywhere }
.views { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: .5rem; margin-bottom: 1.2rem }
.views .card { padding: .45rem .7rem; color: inherit; text-decoration: none; max-width: none; align-content: start; gap: .1rem } .views b { font-size: 14px; overflow-wrap: anywhere }
a.card:hover { border-color: var(--code) } .card[aria-current=true] { outline: 2px solid var(--code); outline-offset: -1px }
.share { height: .3rem; border-radius: 9px; margin-top: .3rem; background: linear-gradient(to right, var(--code) var(--share), var(--line) 0) }
mark.soft { color: var(--soft); font-size: 12px }
main[hidden] { display: none } .treemap { margin-bottom: 1.5rem }
#tabs { display: flex; flex-wrap: wrap; gap: .2rem .9rem; border-bottom: 1px solid var(--line) }
#tabs button { font: inherit; background: none; border: 0; border-bottom: 3px solid transparent; color: inherit; padding: .3rem .1rem; cursor: pointer }
#tabs button[aria-selected=true] { border-color: var(--code); font-weight: 600 } #tabs i { color: var(--quiet); font-style: normal; font-weight: 400 }
.controls { display: flex; flex-wrap: wrap; gap: .4rem; align-items: center; padding: .6rem 0 } #filter { flex: 0 1 18rem; padding: .3rem .6rem; font: inherit } #count { color: var(--quiet); font-size: 12px }
th button { font: inherit; font-weight: 600; background: none; border: 0; color: inherit; padding: 0; text-align: inherit; cursor: pointer; white-space: nowrap }
th[aria-sort=ascending] button::after { content: " ▲" } th[aria-sort=descending] button::after { content: " ▼" }
td { font-size: 13px; overflow-wrap: anywhere; min-width: 4rem } td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap } td.first { min-width: 11rem }
td.bar { background: linear-gradient(to left, var(--bar) var(--share), transparent 0) no-repeat } td.up { color: var(--bad) } td.down { color: var(--good) }
.more { font: inherit; font-size: 12px; border: 1px solid var(--line); border-radius: 99px; background: none; color: inherit; padding: .15rem .65rem; cursor: pointer; margin: .6rem 0 }
@media (max-width: 600px) { body { padding: .8rem } .views { grid-template-columns: 1fr 1fr; max-height: 19rem; overflow: auto } th, td { padding: .3rem .35rem } }
`;

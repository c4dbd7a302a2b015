/** What is a phase report's own of the looks of its page. */
export const PHASE_REPORT_STYLE = `
:root { --ready: #0969da; --soft-good: #1a7f3714; --soft-bad: #cf222e12 }
@media (prefers-color-scheme: dark) { :root { --ready: #58a6ff; --soft-good: #3fb95018; --soft-bad: #ff7b7218 } }
body { max-width: 1240px; margin: 0 auto; padding: 1.5rem }
h2 { font-size: 1.1rem; margin: 2rem 0 .6rem } h3 { font-size: .95rem; margin: 1.1rem 0 .3rem }
header .lead { font-size: 1.05rem; margin: .3rem 0 } header .meta { color: var(--quiet); font-size: 12px; overflow-wrap: anywhere }
code, .break { overflow-wrap: anywhere } th { font-size: 12px; color: var(--quiet); font-weight: 600 } td.number, .short { white-space: nowrap; overflow-wrap: normal }
.rail { list-style: none; display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .5rem; padding: 0; margin: 1rem 0 }
.rail li { display: grid; grid-template-rows: 1fr auto; border: 1px solid var(--line); border-top: 4px solid var(--state); border-radius: 6px; overflow-wrap: anywhere }
.rail li > a { display: grid; grid-template-rows: auto 1fr auto; padding: .5rem .65rem; color: inherit; text-decoration: none }
.rail b { font-size: 1.05rem } .rail span { font-size: 12px } .rail small { color: var(--state); font-weight: 600; margin-top: .25rem }
.rail p { margin: 0; padding: 0 .65rem .5rem; font-size: 12px } .rail p a { color: var(--state); border: 1px solid var(--state); border-radius: 99px; padding: 0 .4rem; text-decoration: none }
.done { --state: var(--good) } .ready { --state: var(--ready) } .open { --state: var(--soft) } .stale { --state: var(--bad) } .blocked { --state: var(--quiet) }
mark { color: var(--state, inherit); white-space: nowrap }
mark.holds { color: var(--good) } mark.fails { color: var(--bad) } mark.stale { color: var(--bad) } mark.missing, mark.unknown { color: var(--soft) } mark.not-provable { color: var(--quiet) }
.part td:first-child { padding-left: 1.6rem }
.meter { display: inline-block; width: 4.5rem; height: .45rem; border-radius: 9px; background: linear-gradient(to right, var(--good) var(--share), var(--line) 0); margin-right: .5rem; vertical-align: middle }
.now { border: 1px solid var(--line); border-left: 4px solid var(--state); border-radius: 6px; padding: .2rem 1rem .6rem; margin: .6rem 0 }
.gaps { margin: .3rem 0; padding-left: 1.1rem } .gaps li { margin: .35rem 0; overflow-wrap: anywhere } .gaps .do { display: block; color: var(--quiet) } .gaps .do code { color: CanvasText }
.lanes { display: grid; grid-template-columns: max-content 1fr; gap: .15rem .9rem; align-items: center; font-size: 12px }
.lane { position: relative; height: 1.35rem; border-bottom: 1px solid var(--line) }
.lane i { position: absolute; top: .45rem; height: .45rem; border-radius: 9px; min-width: .45rem; background: var(--bar); outline: 1px solid var(--ready) }
.lane b { position: absolute; top: 0; transform: translateX(-50%); font-size: 1rem; line-height: 1.35rem; color: var(--good) } .lane b.reopened { color: var(--bad) }
.lanes { padding-right: .6rem } .key { font-size: 12px; color: var(--quiet) } .key i { display: inline-block; width: .45rem; height: .45rem; border-radius: 9px; background: var(--bar); outline: 1px solid var(--ready) } .key b { color: var(--good); margin-left: .8rem } .key .reopened { color: var(--bad) }
.axis { position: relative; height: 1.2rem; color: var(--quiet) } .axis span { position: absolute; transform: translateX(-50%); white-space: nowrap } .axis span:first-child { transform: none } .axis span:last-child { transform: translateX(-100%) }
details { border: 1px solid var(--line); border-radius: 6px; margin: .5rem 0; padding: 0 .9rem } summary { cursor: pointer; padding: .55rem 0; font-weight: 600 } details[open] { padding-bottom: .8rem }
blockquote { margin: .3rem 0; padding: .3rem .9rem; border-left: 3px solid var(--line); white-space: pre-line }
.high { color: var(--bad) } .medium { color: var(--soft) } tr:target { background: var(--bar) }
@media (max-width: 800px) { body { padding: .9rem } th, td { padding: .3rem .4rem } .hide { display: none } .rail { grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)) } }
@media print { body { max-width: none } details { break-inside: avoid } }
`;

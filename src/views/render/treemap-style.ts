/** The looks of treemaps, behind the style that all pages share. Colours say the kind; words always say it, too. */
export const TREEMAP_STYLE = `
:root { --image: #0969da; --layer: #57606a; --package: #1a7f37; --distribution: #8250df; --folder: #9a6700; --file: #0969da; --waste: #cf222e; --archive: #8c959f; --rest: #8c959f }
@media (prefers-color-scheme: dark) { :root { --image: #58a6ff; --layer: #8b949e; --package: #3fb950; --distribution: #bc8cff; --folder: #d29922; --file: #58a6ff; --waste: #ff7b72; --archive: #6e7681; --rest: #6e7681 } }
.treemap .trail { display: flex; flex-wrap: wrap; align-items: center; gap: .1rem .3rem; margin: 0 0 .4rem; padding: 0; list-style: none; font-size: 13px }
.treemap .trail li:not(:first-child)::before { content: "›"; color: var(--quiet); margin-right: .3rem }
.treemap .trail button { font: inherit; color: inherit; background: none; border: 0; border-radius: 4px; padding: .1rem .25rem; cursor: pointer; text-decoration: underline; text-underline-offset: 3px; overflow-wrap: anywhere; text-align: left }
.treemap .trail [aria-current] { font-weight: 600; padding: .1rem .25rem; overflow-wrap: anywhere }
.treemap .map { position: relative; height: min(62vh, 34rem); min-height: 16rem; border-radius: 6px; overflow: hidden; background: var(--line) }
.treemap .tile { position: absolute; box-sizing: border-box; margin: 0; padding: 0; border: 0; overflow: hidden; font: 12px/1.25 system-ui, sans-serif; color: CanvasText; text-align: left; cursor: default; background: color-mix(in srgb, var(--kind, var(--layer)) 24%, Canvas); box-shadow: inset 0 0 0 1px Canvas }
.treemap .tile.opens { cursor: zoom-in }
.treemap .tile:hover { background: color-mix(in srgb, var(--kind, var(--layer)) 38%, Canvas) }
.treemap .tile:focus-visible { outline: 3px solid var(--image); outline-offset: -3px; z-index: 1 }
.treemap .tile .name { position: absolute; left: 5px; right: 4px; top: 3px; max-height: calc(100% - 5px); overflow: hidden; overflow-wrap: anywhere; pointer-events: none; z-index: 1 }
.treemap .opens .name { white-space: nowrap; text-overflow: ellipsis }
.treemap .tile .name b { font-weight: 600 } .treemap .tile .name i { font-style: normal; opacity: .8; white-space: nowrap }
.treemap .tile .inner { position: absolute; box-sizing: border-box; background: color-mix(in srgb, var(--kind, var(--layer)) 40%, Canvas); box-shadow: inset 0 0 0 1px Canvas; pointer-events: none; padding: 1px 4px; font-size: 11px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis }
.treemap .waste { --kind: var(--waste) } .treemap .tile.waste, .treemap .inner.waste { background-image: repeating-linear-gradient(45deg, transparent 0 6px, #8884 6px 8px) }
.treemap .image { --kind: var(--image) } .treemap .layer { --kind: var(--layer) } .treemap .package { --kind: var(--package) } .treemap .distribution { --kind: var(--distribution) }
.treemap .folder { --kind: var(--folder) } .treemap .file { --kind: var(--file) } .treemap .archive { --kind: var(--archive) } .treemap .rest { --kind: var(--rest) }
.treemap .told { min-height: 2.9em; margin: .4rem 0; font-size: 13px; overflow-wrap: anywhere } .treemap .told span { color: var(--quiet) }
.treemap .key { display: flex; flex-wrap: wrap; gap: .2rem .8rem; font-size: 12px; color: var(--quiet); margin: .2rem 0 0; padding: 0; list-style: none }
.treemap .key li::before { content: ""; display: inline-block; width: .8em; height: .8em; margin-right: .35em; border-radius: 2px; vertical-align: -1px; background: color-mix(in srgb, var(--kind) 45%, Canvas); box-shadow: inset 0 0 0 1px var(--kind) }
.treemap .parts { margin-top: .3rem } .treemap .parts summary { cursor: pointer; font-size: 13px }
.treemap .parts ol { margin: .3rem 0; padding: 0; list-style: none; font-size: 13px; columns: 22rem; column-gap: 2rem }
.treemap .parts li { display: flex; gap: .6rem; padding: .12rem .3rem; break-inside: avoid; background: linear-gradient(to right, var(--bar) var(--share), transparent 0) no-repeat }
.treemap .parts li > :first-child { flex: 1; min-width: 0; overflow-wrap: anywhere } .treemap .parts li > :last-child { white-space: nowrap; font-variant-numeric: tabular-nums }
.treemap .parts small { color: var(--quiet) } .treemap .parts button { font: inherit; color: inherit; background: none; border: 0; padding: 0; text-align: left; cursor: pointer; text-decoration: underline; text-underline-offset: 3px }
@media (max-width: 600px) { .treemap .map { height: 60vh } }
@media print { .treemap .map { break-inside: avoid } }
`;

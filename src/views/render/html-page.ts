/** Text as HTML shows it, also within an attribute. */
export function htmlText(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A sentence with commands between backticks. */
export function htmlProse(text: string): string {
  return htmlText(text).replaceAll(/`([^`]+)`/g, "<code>$1</code>");
}

/** A value for a script to parse. Within a script's element nothing is escaped, so nothing may look like a tag. */
export function htmlJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}

export interface HtmlPage {
  readonly title: string;
  /** Behind the style that all pages share. */
  readonly style: string;
  /** HTML. */
  readonly body: string;
  readonly script?: string;
}

/** A page with nothing outside of it: it may be mailed, kept and opened anywhere, and runs nothing but its own script. */
export function htmlPage({ title, style, body, script }: HtmlPage): string {
  const allowed = `default-src 'none'; style-src 'unsafe-inline'${script === undefined ? "" : "; script-src 'unsafe-inline'"}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${allowed}">
<title>${htmlText(title)}</title>
<style>${PAGE_STYLE}${style}</style>
</head>
<body>
${body}${script === undefined ? "" : `\n<script>${script}</script>`}
</body>
</html>
`;
}

/** What all pages look like, on light and on dark screens. */
const PAGE_STYLE = `
:root { color-scheme: light dark; --line: #8883; --good: #1a7f37; --bad: #cf222e; --soft: #9a6700; --quiet: #6e7781; --bar: #0969da33 }
@media (prefers-color-scheme: dark) { :root { --good: #3fb950; --bad: #ff7b72; --soft: #d29922; --quiet: #8b949e; --bar: #388bfd55 } }
body { font: 14px/1.45 system-ui, sans-serif; margin: 1.5rem; }
h1 { font-size: 1.4rem; margin: 0 } header p { margin: .2rem 0 1rem }
code { font: 12px ui-monospace, monospace }
.cards { display: flex; flex-wrap: wrap; gap: .7rem; margin-bottom: 1rem }
.card { border: 1px solid var(--line); border-radius: 8px; padding: .6rem .9rem; display: grid; max-width: 26rem }
.card span { color: var(--quiet); font-size: 12px } .card b { font-size: 1.2rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top }
mark { background: none; color: var(--bad); font-weight: 600 }
.scroll { overflow-x: auto } footer { color: var(--quiet); margin-top: 1rem; font-size: 12px }
`;

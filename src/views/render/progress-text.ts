/** Colours as SGR codes of ECMA-48, or nothing at all. */
export type Paint = (colour: "green" | "red" | "yellow" | "cyan" | "dim" | "bold", text: string) => string;

const CODES = { green: 32, red: 31, yellow: 33, cyan: 36, dim: 2, bold: 1 } as const;

export function createPaint(colour: boolean): Paint {
  return colour ? (name, text) => `\u001b[${CODES[name]}m${text}\u001b[0m` : (_name, text) => text;
}

// oxlint-disable-next-line no-control-regex -- our own colours are what is looked for
const COLOURS = /\u001b\[\d+m/g;

export function withoutColour(text: string): string {
  return text.replaceAll(COLOURS, "");
}

/** Decimal units, as registries and disks count: `999 B`, `1.2 MB`. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** `0.4s`, `12s`, `3m05s`, `1h02m`. */
export function formatMs(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)}s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m${pad(whole % 60)}s`;
  return `${Math.floor(whole / 3600)}h${pad(Math.floor((whole % 3600) / 60))}m`;
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}

/** How many columns of a terminal the text takes: wide East Asian characters and emoji two, combining marks none. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += columnsOfCharacter(character);
  return columns;
}

/** The text in at most `width` columns, with an ellipsis where it was cut. */
export function fit(text: string, width: number): string {
  if (columnsOf(text) <= width) return text;
  if (width <= 0) return "";
  let columns = 0;
  let fitting = "";
  for (const character of text) {
    const more = columnsOfCharacter(character);
    if (columns + more > width - 1) break;
    columns += more;
    fitting += character;
  }
  return `${fitting}…`;
}

/** As `fit`, and filled up with spaces to exactly `width` columns. */
export function fill(text: string, width: number): string {
  const fitting = fit(text, width);
  return fitting + " ".repeat(Math.max(0, width - columnsOf(fitting)));
}

const NARROW = /^[\u0020-\u02ff]$/;
const MARK = /^(?:\p{Mark}|\u200b|\u200c|\u200d|\u200e|\u200f)/u;
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|^\p{Emoji_Presentation}/u;

function columnsOfCharacter(character: string): number {
  if (NARROW.test(character)) return 1;
  if (MARK.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** The items by a key, keys and items in the order of their coming (Map.groupBy, which Node 20 has not). */
export function groupBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

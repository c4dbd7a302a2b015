/** What an expression can be, as far as the file says it. */
export interface Folded {
  readonly values: readonly Constant[];
  /** It may be something else as well. */
  readonly open: boolean;
}

export type Constant =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly Folded[] }
  | { readonly kind: "table"; readonly rows: readonly (readonly [key: Folded, value: Folded])[] };

/** A table of lazy imports has some hundred names; more than this is no longer a constant. */
const MAX_VALUES = 2000;
const MAX_TEXT = 4096;

export const OPEN: Folded = { values: [], open: true };

export function textConstant(text: string): Folded {
  return { values: [{ kind: "text", text }], open: false };
}

export function listConstant(items: readonly Folded[]): Folded {
  return { values: [{ kind: "list", items }], open: false };
}

/** Without repeated texts. */
export function union(all: readonly Folded[]): Folded {
  const texts = new Set<string>();
  const values: Constant[] = [];
  let open = false;
  for (const folded of all) {
    open ||= folded.open;
    for (const value of folded.values) {
      if (values.length >= MAX_VALUES) return { values, open: true };
      if (value.kind === "text") {
        if (texts.has(value.text)) continue;
        texts.add(value.text);
      }
      values.push(value);
    }
  }
  return { values, open };
}

/** `a + b` and what stands beside each other in an f-string: each with each. */
export function join(left: Folded, right: Folded): Folded {
  const values: Constant[] = [];
  let open = left.open || right.open;
  for (const a of left.values)
    for (const b of right.values) {
      const both = joined(a, b);
      if (both === undefined || values.length >= MAX_VALUES) open = true;
      else values.push(both);
    }
  return union([{ values, open }]);
}

function joined(a: Constant, b: Constant): Constant | undefined {
  if (a.kind === "text" && b.kind === "text")
    return a.text.length + b.text.length > MAX_TEXT ? undefined : { kind: "text", text: a.text + b.text };
  if (a.kind === "list" && b.kind === "list")
    return a.items.length + b.items.length > MAX_VALUES
      ? undefined
      : { kind: "list", items: [...a.items, ...b.items] };
  return undefined;
}

/** What a `for` over it gives: items of a list, keys of a table. A text gives letters, which name nothing. */
export function iterate(folded: Folded): Folded {
  return unionOf(folded, (value) => {
    if (value.kind === "list") return value.items;
    return value.kind === "table" ? value.rows.map(([key]) => key) : [OPEN];
  });
}

/** `x[key]`: the item of an index, the values of a key, or all of them where the key is not known. */
export function select(folded: Folded, key: Folded, index: number | undefined): Folded {
  return unionOf(folded, (value) => {
    if (value.kind === "list") {
      if (index === undefined) return value.items;
      const item = value.items.at(index);
      return item === undefined ? [] : [item];
    }
    return value.kind === "table" ? rowsFor(value.rows, key).map(([, found]) => found) : [OPEN];
  });
}

export function rowsOf(folded: Folded, part: "items" | "keys" | "values"): Folded {
  const lists = unionOf(folded, (value) => {
    if (value.kind !== "table") return [OPEN];
    return [
      listConstant(
        value.rows.map(([key, found]) =>
          part === "items" ? listConstant([key, found]) : part === "keys" ? key : found,
        ),
      ),
    ];
  });
  return lists;
}

/** Texts with something done to each; what is no text makes it open. */
export function mapTexts(folded: Folded, change: (text: string) => string | undefined): Folded {
  return unionOf(folded, (value) => {
    const text = value.kind === "text" ? change(value.text) : undefined;
    return [text === undefined ? OPEN : textConstant(text)];
  });
}

export function textsOf(folded: Folded): readonly string[] {
  return folded.values.flatMap((value) => (value.kind === "text" ? [value.text] : []));
}

type Rows = readonly (readonly [key: Folded, value: Folded])[];

function rowsFor(rows: Rows, key: Folded): Rows {
  if (key.open) return rows;
  const wanted = new Set(textsOf(key));
  if (wanted.size === 0) return rows;
  return rows.filter(([each]) => each.open || textsOf(each).some((text) => wanted.has(text)));
}

function unionOf(folded: Folded, parts: (value: Constant) => readonly Folded[]): Folded {
  const all = folded.values.flatMap(parts);
  return union(folded.open ? [...all, OPEN] : all);
}

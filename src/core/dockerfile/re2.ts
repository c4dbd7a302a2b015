/** One step of a compiled expression. `globstar` is two nodes: the way past it, and the loop that ends with a slash. */
export type Re2Node =
  | { readonly kind: "one" | "maybe" | "loop"; readonly test: CharTest }
  | { readonly kind: "globstar" | "globstarBody" | Assertion };

export type Assertion = "begin" | "end" | "boundary" | "noBoundary";

/** The characters before and after a place in the text; undefined at its ends. */
interface Place {
  readonly before: number | undefined;
  readonly after: number | undefined;
}

export type CharTest = (code: number) => boolean;

/** Alternatives, each a sequence. */
export type Re2 = readonly (readonly Re2Node[])[];

export const NEWLINE = 10;
const SLASH = 47;

/** Whether the expression is found in the text (^ and $ hold it to the ends). Time: nodes times characters. */
export function matchRe2(expression: Re2, text: readonly number[]): boolean {
  return expression.some((nodes) => found(nodes, text));
}

function found(nodes: readonly Re2Node[], text: readonly number[]): boolean {
  let active = new Uint8Array(nodes.length + 1);
  for (let position = 0; ; position++) {
    follow(nodes, active, 0, { before: text[position - 1], after: text[position] });
    if (active[nodes.length] === 1) return true;
    const code = text[position];
    if (code === undefined) return false;
    const next = new Uint8Array(nodes.length + 1);
    const after = { before: code, after: text[position + 1] };
    for (const [index, node] of nodes.entries()) {
      if (active[index] !== 1) continue;
      for (const target of targets(node, index, code)) follow(nodes, next, target, after);
    }
    active = next;
  }
}

function targets(node: Re2Node, index: number, code: number): readonly number[] {
  switch (node.kind) {
    case "one":
    case "maybe":
      return node.test(code) ? [index + 1] : [];
    case "loop":
      return node.test(code) ? [index] : [];
    case "globstarBody":
      if (code === NEWLINE) return [];
      return code === SLASH ? [index, index + 1] : [index];
    default:
      return [];
  }
}

function follow(nodes: readonly Re2Node[], active: Uint8Array, start: number, place: Place): void {
  for (let index = start; active[index] !== 1; index++) {
    active[index] = 1;
    const node = nodes[index];
    if (node?.kind === "globstar") follow(nodes, active, index + 2, place);
    if (node === undefined || !passes(node, place)) return;
  }
}

/** Whether the way goes on past this node without a character. */
function passes({ kind }: Re2Node, { before, after }: Place): boolean {
  switch (kind) {
    case "loop":
    case "maybe":
    case "globstar":
      return true;
    case "begin":
      return before === undefined;
    case "end":
      return after === undefined;
    case "boundary":
      return isWord(before) !== isWord(after);
    case "noBoundary":
      return isWord(before) === isWord(after);
    default:
      return false;
  }
}

function isWord(code: number | undefined): boolean {
  return code !== undefined && code < 128 && /^[0-9A-Za-z_]$/.test(String.fromCharCode(code));
}

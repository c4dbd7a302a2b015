import type { SyntaxNode, SyntaxTree } from "./syntax.ts";
import { textOf } from "./syntax.ts";

const ESCAPE = /\\(?:\n|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{1,3}|[\s\S])/g;
const SINGLE: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["t", "\t"],
  ["r", "\r"],
  ["a", "\x07"],
  ["b", "\b"],
  ["f", "\f"],
  ["v", "\v"],
]);

export type StringPart =
  | { readonly text: string }
  /** `{…}` of an f-string. Plain: without a conversion or a format. */
  | { readonly expression: SyntaxNode | undefined; readonly plain: boolean };

/** A `string` node, as its parts. Bytes are read as text: ctypes and os take both. */
export function stringParts(tree: SyntaxTree, node: SyntaxNode): StringPart[] {
  const start = node.children[0];
  const prefix = (start === undefined ? "" : textOf(tree, start)).replace(/['"]+$/, "").toLowerCase();
  return node.children.flatMap((child): StringPart[] => {
    if (child.type === "interpolation") {
      const plain =
        child.field("format_specifier") === undefined && child.field("type_conversion") === undefined;
      return [{ expression: child.field("expression"), plain }];
    }
    if (child.type !== "string_content") return [];
    const written = textOf(tree, child);
    const unescaped = prefix.includes("r") ? written : unescape(written);
    return [
      {
        text: prefix.includes("f") ? unescaped.replaceAll(/\{\{|\}\}/g, (pair) => pair.slice(1)) : unescaped,
      },
    ];
  });
}

function unescape(written: string): string {
  if (!written.includes("\\")) return written;
  return written.replaceAll(ESCAPE, (escape) => {
    const sign = escape[1] ?? "";
    if (escape.length > 2 && "xuU".includes(sign))
      return character(Number.parseInt(escape.slice(2), 16), escape);
    if (/[0-7]/.test(sign)) return character(Number.parseInt(escape.slice(1), 8), escape);
    if (sign === "\n") return "";
    if (sign === "\\" || sign === "'" || sign === '"') return sign;
    return SINGLE.get(sign) ?? escape;
  });
}

function character(point: number, otherwise: string): string {
  return point > 0x10ffff ? otherwise : String.fromCodePoint(point);
}

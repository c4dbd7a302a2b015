import { lineAt } from "./decode-source.ts";
import type { ImportStatement } from "./import-statement.ts";
import type { SyntaxPath, SyntaxTree } from "./syntax.ts";

const NAME = String.raw`[\p{ID_Start}_][\p{ID_Continue}]*`;
const DOTTED = String.raw`${NAME}(?:\.${NAME})*`;
const AS = String.raw`(?:\s+as\s+${NAME})?`;
const PLAIN = new RegExp(`^import\\s+(${DOTTED}${AS}(?:\\s*,\\s*${DOTTED}${AS})*)\\s*(?:;|#|$)`, "u");
const FROM = new RegExp(
  `^from\\s+(\\.*\\s*(?:${DOTTED})?)\\s+import\\s+\\(?\\s*(\\*|${NAME}${AS}(?:\\s*,\\s*${NAME}${AS})*)`,
  "u",
);
const MAX_LINE = 1000;

/**
 * An import on a line that the grammar could make nothing of, since something near it is broken. Only what is a whole statement
 * on its own line counts; what stands in a string or a comment was recognised as that and is none.
 */
export function salvageImport(
  tree: SyntaxTree,
  path: SyntaxPath,
  offset: number,
): ImportStatement | undefined {
  if (path.some(({ type }) => type === "comment" || type === "string" || type === "string_content"))
    return undefined;
  const start = tree.text.lastIndexOf("\n", offset) + 1;
  const end = tree.text.indexOf("\n", offset);
  const line = tree.text.slice(start, end === -1 ? undefined : end);
  if (line.length > MAX_LINE) return undefined;
  const text = line.trim();
  const from = FROM.exec(text);
  const origin = from?.[1]?.replaceAll(/\s/g, "");
  const place = lineAt(tree.text, offset);
  if (from?.[2] !== undefined && origin !== undefined && origin !== "")
    return {
      how: "from",
      line: place,
      modules: [
        { module: origin, names: parts(from[2]).map(([name]) => name), binds: bound(origin, from[2]) },
      ],
    };
  const plain = PLAIN.exec(text)?.[1];
  if (plain === undefined) return undefined;
  return {
    how: "import",
    line: place,
    modules: parts(plain).map(([module, local]) => ({
      module,
      names: [],
      binds: [[local ?? top(module), local === undefined ? top(module) : module]],
    })),
  };
}

function bound(origin: string, names: string): [string, string][] {
  const prefix = origin.endsWith(".") ? origin : `${origin}.`;
  return parts(names).map(([name, local]) => [local ?? name, `${prefix}${name}`]);
}

function parts(list: string): [name: string, local: string | undefined][] {
  return list.split(",").map((each) => {
    const [name = "", , local] = each.trim().split(/\s+/);
    return [name, local];
  });
}

function top(module: string): string {
  return module.split(".", 1)[0] ?? module;
}

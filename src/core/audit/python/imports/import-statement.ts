import { meaningful, type SyntaxNode, type SyntaxTree, textOf } from "./syntax.ts";

/** What one `import` or `from … import …` says. */
export interface ImportStatement {
  readonly how: "import" | "from";
  readonly line: number;
  readonly modules: readonly NamedModule[];
}

export interface NamedModule {
  /** As PythonImport has it: relative ones keep their dots. */
  readonly module: string;
  readonly names: readonly string[];
  /** What it makes known in the file: local name to what it stands for, dotted. */
  readonly binds: readonly (readonly [local: string, target: string])[];
}

export const IMPORT_TYPES: ReadonlySet<string> = new Set([
  "import_statement",
  "import_from_statement",
  "future_import_statement",
]);

/** Undefined where the statement is broken: without a module or without names. */
export function parseImportStatement(tree: SyntaxTree, node: SyntaxNode): ImportStatement | undefined {
  const line = node.line;
  if (node.type === "import_statement") {
    const modules = meaningful(node).flatMap((each) => plainImport(tree, each));
    return modules.length === 0 ? undefined : { how: "import", line, modules };
  }
  const module = node.type === "future_import_statement" ? "__future__" : moduleName(tree, node);
  if (module === undefined) return undefined;
  const origin = node.field("module_name");
  const names = meaningful(node)
    .filter((each) => each.id !== origin?.id)
    .flatMap((each) => importedName(tree, each));
  if (names.length === 0) return undefined;
  const prefix = module.endsWith(".") ? module : `${module}.`;
  return {
    how: "from",
    line,
    modules: [
      {
        module,
        names: names.map(({ name }) => name),
        binds: names.map(({ name, local }) => [local, `${prefix}${name}`]),
      },
    ],
  };
}

function plainImport(tree: SyntaxTree, node: SyntaxNode): NamedModule[] {
  const named = importedName(tree, node)[0];
  if (named === undefined) return [];
  const { name, local } = named;
  // `import a.b` makes `a` known, `import a.b as c` makes `c` stand for `a.b`.
  const top = name.split(".", 1)[0] ?? name;
  const binds: NamedModule["binds"] = node.type === "aliased_import" ? [[local, name]] : [[top, top]];
  return [{ module: name, names: [], binds }];
}

function importedName(tree: SyntaxTree, node: SyntaxNode): { name: string; local: string }[] {
  if (node.type === "wildcard_import") return [{ name: "*", local: "*" }];
  if (node.type === "dotted_name") {
    const name = dottedName(tree, node);
    return name === "" ? [] : [{ name, local: name }];
  }
  if (node.type !== "aliased_import") return [];
  const name = node.field("name");
  const alias = node.field("alias");
  if (name === undefined || alias === undefined) return [];
  return [{ name: dottedName(tree, name), local: textOf(tree, alias) }];
}

function moduleName(tree: SyntaxTree, node: SyntaxNode): string | undefined {
  const origin = node.field("module_name");
  if (origin === undefined) return undefined;
  if (origin.type !== "relative_import") return dottedName(tree, origin) || undefined;
  return origin.children
    .map((child) =>
      child.type === "import_prefix" ? textOf(tree, child).replaceAll(/[^.]/g, "") : dottedName(tree, child),
    )
    .join("");
}

/** Its parts, without the blanks, continued lines and comments that may stand between them. Names are NFKC, as Python compares them. */
function dottedName(tree: SyntaxTree, node: SyntaxNode): string {
  return node.children
    .filter((child) => child.type === "identifier")
    .map((child) => textOf(tree, child).normalize("NFKC"))
    .join(".");
}

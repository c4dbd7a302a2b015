import { AuditError } from "../../error.ts";
import { EMPTY_SOURCE, type PythonImport, type PythonSource } from "../python-source.ts";
import { Conditions, type Interpreter } from "./conditions.ts";
import { type ContextReader, contextOf } from "./context.ts";
import { Folding } from "./fold.ts";
import { IMPORT_TYPES, type ImportStatement, parseImportStatement } from "./import-statement.ts";
import { knownUses, mayUseKnown } from "./known-uses.ts";
import { Names } from "./names.ts";
import { oldStatements } from "./old-statements.ts";
import { salvageImport } from "./salvage-import.ts";
import type { SyntaxPath, SyntaxTree } from "./syntax.ts";
import { UseReader } from "./use-reader.ts";
import { wordsIn } from "./words-in.ts";

export interface ReadOptions {
  /** Tests on the version and the platform are decided for it. */
  readonly interpreter?: Interpreter;
}

/** The file of the reference corpora that imports most has some hundred. */
const MAX_PLACES = 20_000;

/**
 * All that a file asks for by name, from its tree; time grows with its size. Throws AuditError PYTHON_SOURCE_LIMIT for more
 * than 20,000 imports, or as many dynamic ones.
 */
export function readImports(tree: SyntaxTree, options: ReadOptions = {}): PythonSource {
  const { reader, imports } = readStatements(tree, options);
  const { names } = reader;
  const uses = new UseReader(reader, new Folding(tree, names));
  const places = knownUses(tree, names, MAX_PLACES);
  if (places === undefined) throw tooMany();
  for (const use of places) uses.read(use);
  return {
    imports: [...imports, ...uses.imports].sort((a, b) => a.line - b.line),
    libraries: uses.libraries,
    programs: uses.programs,
    entryPointGroups: [...uses.groups].map(([group, line]) => ({ group, line })),
    open: uses.open,
    errors: [...new Set([...tree.errors, ...oldStatements(tree)])].sort((a, b) => a - b),
  };
}

/**
 * The same of a tree whose text is but an outline of its source; undefined where that is not enough: something in it is
 * broken, or names modules, libraries or programs while it runs, which anything else in the source may say.
 */
export function readOutlined(tree: SyntaxTree, options: ReadOptions = {}): PythonSource | undefined {
  const { reader, imports } = readStatements(tree, options);
  if (tree.errors.length > 0 || mayUseKnown(tree.source, reader.names)) return undefined;
  if (oldStatements(tree).length > 0) return undefined;
  return { ...EMPTY_SOURCE, imports };
}

function readStatements(tree: SyntaxTree, { interpreter }: ReadOptions) {
  const names = new Names();
  const statements = importStatements(tree);
  for (const { statement } of statements) names.add(statement);
  const conditions = new Conditions(tree, names, interpreter);
  let split: readonly string[] | undefined;
  const lines = (): readonly string[] => (split ??= tree.source.split("\n"));
  const reader: ContextReader = { tree, names, conditions, arms: new Map(), lines };
  const imports = statements.flatMap(({ statement, path }) => {
    const context = contextOf(reader, path);
    const { how, line, modules } = statement;
    return modules.map(
      (each): PythonImport => ({ module: each.module, names: each.names, line, how, context }),
    );
  });
  return { reader, imports };
}

interface PlacedStatement {
  readonly statement: ImportStatement;
  readonly path: SyntaxPath;
}

function importStatements(tree: SyntaxTree): PlacedStatement[] {
  const found: PlacedStatement[] = [];
  const seen = new Set<number>();
  // `from .import x` has it right after a dot.
  for (const index of wordsIn(tree.text, "import")) {
    if (found.length > MAX_PLACES) throw tooMany();
    const path = tree.pathTo(index);
    const node = path.at(-2);
    if (node !== undefined && path.at(-1)?.type === "import" && IMPORT_TYPES.has(node.type)) {
      const statement = seen.has(node.id) ? undefined : parseImportStatement(tree, node);
      seen.add(node.id);
      if (statement !== undefined) found.push({ statement, path: path.slice(0, -1) });
    } else if (path.some(({ type }) => type === "ERROR")) {
      const statement = salvageImport(tree, path, index);
      if (statement !== undefined) found.push({ statement, path });
    }
  }
  return found;
}

function tooMany(): AuditError {
  return new AuditError(
    "PYTHON_SOURCE_LIMIT",
    `expected at most ${MAX_PLACES} imports in a file, found more`,
  );
}

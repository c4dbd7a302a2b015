import { lineAt } from "./decode-source.ts";
import type { SyntaxTree } from "./syntax.ts";

/** At the start of a statement, and not what Python 3 has there: a call, an assignment, an operator. */
const CANDIDATE = /(?:^|[:;])[ \t]*((?:print|exec)[ \t]+(?!(?:if|in|is|and|or|not)\b)["'\w])/gm;
const TYPES: ReadonlySet<string> = new Set(["print_statement", "exec_statement"]);
/** Texts of examples have them as well; more are not looked at. */
const MAX_LOOKED = 100;

/** Lines of statements that only Python 2 has, which the grammar takes: the first is enough for an interpreter to refuse the file. */
export function oldStatements(tree: SyntaxTree): readonly number[] {
  let looked = 0;
  for (const { index, 0: found, 1: statement = "" } of tree.text.matchAll(CANDIDATE)) {
    if (++looked > MAX_LOOKED) break;
    const at = index + found.length - statement.length;
    if (tree.pathTo(at).some(({ type, startIndex }) => TYPES.has(type) && startIndex === at))
      return [lineAt(tree.text, at)];
  }
  return [];
}

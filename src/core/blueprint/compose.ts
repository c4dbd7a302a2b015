import { Composer, type Document } from "yaml";
import type { Problem, ProblemCode } from "./error.ts";
import type { Places } from "./places.ts";
import { boundedTokens, TooMuch } from "./tokens.ts";

const MAX_LENGTH = 1024 * 1024;
// After the first few, syntax errors are echoes of each other.
const MAX_SYNTAX_PROBLEMS = 10;

export type Composed =
  | { readonly document: Document.Parsed; readonly problems: readonly [] }
  | { readonly document?: undefined; readonly problems: readonly [Problem, ...Problem[]] };

/** A YAML 1.2 document of the core schema, or what keeps the text from being one. Never throws. */
export function composeDocument(text: string, places: Places): Composed {
  const unreadable = whyUnreadable(text, places);
  if (unreadable !== undefined) return { problems: [unreadable] };
  // Our own check of duplicated keys is linear; the library's compares each key with each.
  const composer = new Composer({
    uniqueKeys: false,
    prettyErrors: false,
    // No !!binary or !!set: only what the core schema has.
    resolveKnownTags: false,
  });
  let first: Document.Parsed | undefined;
  try {
    for (const document of composer.compose(boundedTokens(text), true, text.length)) {
      if (first !== undefined) {
        const problem = yamlProblem(places, document.range[0], "expected one document, found a second");
        return { problems: [{ ...problem, hint: "remove the line --- and what follows it" }] };
      }
      first = document;
    }
  } catch (thrown) {
    if (!(thrown instanceof TooMuch)) throw thrown;
    const at = places.at(thrown.offset);
    return { problems: [{ code: "BLUEPRINT_TOO_BIG", message: `found ${thrown.message}`, at }] };
  }
  const [problem, ...more] = first === undefined ? [] : syntaxProblems(first, places);
  if (problem !== undefined) return { problems: [problem, ...more] };
  if (first !== undefined) return { document: first, problems: [] };
  return { problems: [yamlProblem(places, 0, "expected a document, found none")] };
}

function whyUnreadable(text: string, places: Places): Problem | undefined {
  if (text.length > MAX_LENGTH) {
    const message = `expected at most ${MAX_LENGTH} characters, found ${text.length}`;
    return { code: "BLUEPRINT_TOO_BIG", message, at: places.at(0) };
  }
  // A decoder writes U+FFFD for bytes that are not UTF-8; YAML 1.2 section 5.1 forbids the control characters.
  const odd = text.search(/\uFFFD|[^\P{Cc}\t\n\r\x85]/u);
  if (odd >= 0) {
    const code = text.charCodeAt(odd);
    const found = code === 0xfffd ? "bytes that are not UTF-8" : `the control character ${code}`;
    return yamlProblem(places, odd, `expected UTF-8 text, found ${found}`);
  }
  const conflict = text.search(/^(?:<{7} |={7}$|>{7} )/m);
  if (conflict < 0) return undefined;
  const hint = "resolve the conflict first: git diff shows it";
  return { ...yamlProblem(places, conflict, "found an unresolved merge conflict"), hint };
}

function syntaxProblems(document: Document.Parsed, places: Places): readonly Problem[] {
  const problems = [...document.errors, ...document.warnings]
    .slice(0, MAX_SYNTAX_PROBLEMS)
    .map((error): Problem => {
      const problem = yamlProblem(places, error.pos[0], firstLine(error.message));
      if (error.code !== "TAB_AS_INDENT") return problem;
      return { ...problem, message: "found a tab in the indentation", hint: "indent with spaces" };
    });
  const { yaml } = document.directives;
  // Another version has another schema: 1.1 reads `on` and `no` as booleans.
  if (yaml.version !== "1.2") {
    problems.push(yamlProblem(places, 0, `expected YAML 1.2, found ${firstLine(yaml.version)}`));
  }
  return problems;
}

function yamlProblem(places: Places, offset: number, message: string): Problem {
  const code: ProblemCode = "BLUEPRINT_YAML";
  return { code, message, at: places.at(offset) };
}

function firstLine(text: string): string {
  return (text.split("\n", 1)[0] ?? "").slice(0, 200);
}

import type { SourcePosition } from "../base/error.ts";
import type { Directive } from "./dockerfile.ts";
import { DockerfileError } from "./error.ts";

const NAMES: ReadonlySet<string> = new Set(["syntax", "escape", "check"]);

/** Reads parser directives from the head of a file; the first line that is none ends them. */
export class DirectiveReader {
  readonly #file: string;
  readonly #seen = new Set<string>();
  #done = false;

  constructor(file: string) {
    this.#file = file;
  }

  /** The directive on this line, if it is one. Throws DOCKERFILE_SYNTAX for one that is repeated. */
  read(text: string, line: number): Directive | undefined {
    if (this.#done) return undefined;
    const found = directiveOn(text);
    if (found === undefined) {
      this.#done = true;
      return undefined;
    }
    const at: SourcePosition = { file: this.#file, line, column: 1 };
    if (this.#seen.has(found.name)) {
      throw new DockerfileError("DOCKERFILE_SYNTAX", `only one ${found.name} directive is allowed`, { at });
    }
    this.#seen.add(found.name);
    return { ...found, at };
  }
}

/**
 * The frontend that BuildKit would fetch for this file (parser.DetectSyntax): as the directives, but the lines are not
 * trimmed on the left, and a `#!` line before them is skipped.
 */
export function detectSyntax(
  text: string,
  start: SourcePosition,
): { ref: string; at: SourcePosition } | undefined {
  const reader = new DirectiveReader(start.file);
  let line = start.line - 1;
  for (let offset = 0; offset < text.length; ) {
    const newline = text.indexOf("\n", offset);
    const end = newline < 0 ? text.length : newline;
    const content = text.slice(offset, end).replace(/\r$/, "");
    offset = end + 1;
    line++;
    if (line === start.line && content.startsWith("#!")) continue;
    const found = reader.read(content, line);
    if (found === undefined) return undefined;
    if (found.name === "syntax") return { ref: found.value.split(" ", 1)[0] ?? "", at: found.at };
  }
  return undefined;
}

/** `^#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$`, by hand: the expression is quadratic on a line of blanks. */
function directiveOn(line: string): Omit<Directive, "at"> | undefined {
  const head = /^#[\t\n\f\r ]*([a-zA-Z][a-zA-Z0-9]*)[\t\n\f\r ]*=/.exec(line);
  const name = head?.[1]?.toLowerCase();
  if (head === null || !isDirectiveName(name)) return undefined;
  let end = line.length;
  let start = head[0].length;
  while (start < end && isBlank(line.charAt(start))) start++;
  while (end > start && isBlank(line.charAt(end - 1))) end--;
  return start === end ? undefined : { name, value: line.slice(start, end) };
}

function isDirectiveName(name: string | undefined): name is Directive["name"] {
  return name !== undefined && NAMES.has(name);
}

// \s of Go's expressions: five ASCII characters.
function isBlank(char: string): boolean {
  return char === " " || char === "\t" || char === "\r" || char === "\n" || char === "\f";
}

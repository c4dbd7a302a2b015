import { type CST, Lexer, Parser } from "yaml";

/** How much of each thing a file may hold; a fleet of 2,000 images stays far below. */
const LIMIT = {
  /** Lexical tokens. Crafted text of one megabyte has a million and costs seconds. */
  tokens: 400_000,
  /** `[` and `{` inside each other. */
  flow: 32,
  /** `- `, `? ` and `: ` after each other, which open a level each on one line. */
  compact: 16,
  /** Columns before the first character of a line: one level of nesting for each, at worst. */
  indent: 128,
} as const;

/** What exceeded its limit, and at which character of the text. */
export class TooMuch extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/**
 * The syntax tree of YAML text, document by document. Throws TooMuch before the nesting can exhaust the stack: the
 * composer that reads these recurses, and an overflow inside V8's regular expressions ends the whole process.
 */
export function* boundedTokens(text: string): Generator<CST.Token> {
  const parser = new Parser();
  const guard = new Guard();
  for (const lexeme of new Lexer().lex(text)) {
    guard.see(lexeme, parser.offset);
    yield* parser.next(lexeme);
  }
  yield* parser.end();
}

class Guard {
  #tokens = 0;
  #flow = 0;
  #compact = 0;
  #atLineStart = true;

  see(lexeme: string, offset: number): void {
    this.#tokens += 1;
    this.#countFlow(lexeme);
    this.#countCompact(lexeme);
    if (this.#tokens > LIMIT.tokens) throw new TooMuch(`more than ${LIMIT.tokens} tokens`, offset);
    if (this.#flow > LIMIT.flow) throw new TooMuch(`brackets nested ${LIMIT.flow} deep`, offset);
    if (this.#compact > LIMIT.compact) throw new TooMuch(`${LIMIT.compact} levels on one line`, offset);
    if (this.#atLineStart && lexeme.startsWith(" ") && lexeme.length > LIMIT.indent) {
      throw new TooMuch(`a line indented by more than ${LIMIT.indent} columns`, offset);
    }
    this.#atLineStart = lexeme === "\n" || lexeme === "\r\n";
  }

  #countFlow(lexeme: string): void {
    if (lexeme === "[" || lexeme === "{") this.#flow += 1;
    else if ((lexeme === "]" || lexeme === "}") && this.#flow > 0) this.#flow -= 1;
  }

  #countCompact(lexeme: string): void {
    if (lexeme === "-" || lexeme === "?" || lexeme === ":") this.#compact += 1;
    else if (!lexeme.startsWith(" ")) this.#compact = 0;
  }
}

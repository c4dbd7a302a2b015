import { pick, type Random } from "./seeded-random.ts";

const SIGNS = "()[]{}:,.=+-*/%@&|^<>!~;'\"\\ \n\t\f\r#0123abf";
const WORDS =
  "if,else,for,in,not,is,and,or,lambda,await,async,yield,from,import,as,del,def,class,try:,except,with,return,raise,:=,**,->,==,!=,f'{,}',...,None,print,match,é";
const PIECES = [...SIGNS.split(""), ...WORDS.split(",")] as unknown as readonly [string, ...string[]];
/** Heads and clauses, most of which want others around them. */
const HEADS = [
  "if x:",
  "elif x:",
  "else:",
  "else: y",
  "while x:",
  "for x in y:",
  "async for x in y:",
  "try:",
  "except:",
  "except E as e:",
  "except* E:",
  "finally:",
  "with x:",
  "def f():",
  "async def f(): pass",
  "class A:",
  "class A: pass",
  "@a",
  "match x:",
  "case 1:",
  "import a",
  "from . import (",
  "pass",
  "return",
  "x = '''",
  "x = [",
  ")",
  "\\",
  "# c",
] as const;

/** With some pieces taken out, put in or doubled. */
export function withPieces(random: Random, text: string): string {
  let changed = text;
  for (let changes = random(4); changes > 0; changes--) {
    const at = random(changed.length + 1);
    const length = random(4);
    const piece = random(3) === 0 ? changed.slice(at, at + 1 + random(8)) : pick(random, PIECES);
    changed = changed.slice(0, at) + (random(4) === 0 ? "" : piece) + changed.slice(at + length);
  }
  // Half a sign is no text.
  return new TextDecoder().decode(new TextEncoder().encode(changed));
}

/** With lines taken out, doubled, moved, indented otherwise, cut, or put in: heads without blocks, and blocks without heads. */
export function withLines(random: Random, text: string): string {
  const lines = text.split("\n");
  for (let changes = 1 + random(3); changes > 0; changes--) {
    const at = random(lines.length);
    const line = lines[at] ?? "";
    const indent = /^ */.exec(line)?.[0] ?? "";
    switch (random(8)) {
      case 0:
        lines.splice(at, 1 + random(3));
        break;
      case 1:
        lines.splice(random(lines.length + 1), 0, ...lines.slice(at, at + 1 + random(3)));
        break;
      case 2:
        lines[at] = " ".repeat(random(4)) + line;
        break;
      case 3:
        lines[at] = line.slice(random(indent.length + 1));
        break;
      case 4:
        lines[at] = line.slice(0, random(line.length + 1));
        break;
      case 5:
        lines[at] = `${line.trimEnd()} ${(lines[at + 1] ?? "").trim()}`;
        break;
      default:
        lines.splice(at, random(2), `${random(3) === 0 ? "" : indent}${pick(random, HEADS)}`);
    }
  }
  return lines.join("\n");
}

/** The text up to somewhere, or from somewhere on; the file's last line may have no end. */
export function cut(random: Random, text: string): string {
  const at = random(text.length + 1);
  return random(3) === 0 ? text.slice(at) : text.slice(0, at);
}

/** Bytes changed one by one, which need not be text any more. */
export function withBytes(random: Random, bytes: Uint8Array): Uint8Array {
  const changed = Uint8Array.from(bytes);
  for (let changes = 1 + random(3); changes > 0 && changed.length > 0; changes--) {
    const at = random(changed.length);
    changed[at] = random(2) === 0 ? random(256) : (changed[at] ?? 0) ^ (1 << random(8));
  }
  return changed;
}

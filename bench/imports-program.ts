import { readFileSync } from "node:fs";
import { openPythonGrammar } from "../src/edge/grammar/tree-sitter-python.ts";

/**
 * Our side of `imports`: reads the files that a list names, and then their imports, once. The clock runs for the second part
 * alone; loading the grammar is outside of it, V8's compiling of it as it gets hot is inside.
 */
const files = readFileSync(process.argv[2] ?? "", "utf8")
  .split("\n")
  .map((path) => readFileSync(path));
const grammar = await openPythonGrammar();
const begun = process.hrtime.bigint();
let statements = 0;
for (const bytes of files)
  for (const { how } of grammar.read(bytes).imports) if (how === "import" || how === "from") statements += 1;
const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
console.log(JSON.stringify({ seconds, statements }));

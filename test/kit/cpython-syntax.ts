import { spawnSync } from "node:child_process";

/** What it says after the grammar, of order and places, is left to it. */
const CPYTHON = `
import ast, json, sys, warnings
warnings.simplefilter("ignore")
LATER = ("positional argument follows", "follows default argument", "non-default argument", "parameter without a default",
    "keyword argument repeated", "cannot mix bytes and nonbytes", "bytes can only contain ASCII", "(unicode error)", "(value error)",
    "cannot assign to", "cannot delete", "must be parenthesized", "only single target", "illegal target", "named arguments must follow",
    "iterable argument unpacking follows", "Did you mean print", "cannot have", "expression cannot contain", "assignment expression", "starred", "Starred")
refused = []
for line in json.load(sys.stdin):
    try: ast.parse(line)
    except SyntaxError as error:
        if not any(text in str(error) for text in LATER): refused.append([line, str(error)])
    except (ValueError, MemoryError, RecursionError) as error: refused.append([line, repr(error)])
print(json.dumps(refused))
`;

/** Those of the sources that CPython refuses for what a grammar can see, with what it says. */
export function refusedByCPython(sources: readonly string[]): readonly unknown[] {
  const done = spawnSync("python3", ["-c", CPYTHON], {
    input: JSON.stringify(sources),
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (done.status !== 0) throw new Error(done.stderr);
  // as: our own script prints a list.
  return JSON.parse(done.stdout) as readonly unknown[];
}

import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Benchmark } from "./benchmark.ts";
import { BenchFailure } from "./failure.ts";
import { cleanEnvironment } from "./lapstrake-command.ts";
import type { Workbench } from "./workbench.ts";

const BYTES = 12_000_000;
const BYTES_A_SECOND = 8_000_000;
const LIBRARY = "import sysconfig; print(sysconfig.get_paths()['stdlib'])";
/** Parse and walk, as an import auditor in Python does it; its clock runs where ours does. */
const PEER = `
import ast, json, sys, time, warnings
warnings.simplefilter("ignore")
files = [open(path, "rb").read() for path in open(sys.argv[1]).read().split("\\n")]
begun, statements = time.perf_counter(), 0
for data in files:
    for node in ast.walk(ast.parse(data)):
        if isinstance(node, ast.Import): statements += len(node.names)
        elif isinstance(node, ast.ImportFrom): statements += 1
print(json.dumps({"seconds": time.perf_counter() - begun, "statements": statements}))
`;

export const imports: Benchmark = {
  name: "imports",
  work: "imports of 12 MB of CPython's library, one thread, one pass, files in memory. Peer: CPython's ast.parse and walk",
  target: "8 MB of source a second",
  runs: 10,
  async measure(bench, runs) {
    const { list, bytes } = await corpus(bench);
    const program = fileURLToPath(new URL("./imports-program.js", import.meta.url));
    const statements = new Set<number>();
    const side = (name: string, argv: readonly string[]) => ({
      name,
      run: async () => {
        const found = await timed(bench, argv);
        statements.add(found.statements);
        if (statements.size > 1)
          throw new BenchFailure(`the sides found ${[...statements].join(" and ")} imports`);
        return found.seconds;
      },
    });
    const samples = await bench.compare(
      [side("ours", [process.execPath, program, list]), side("peer", ["python3", "-c", PEER, list])],
      runs,
    );
    return [
      {
        name: `imports of ${(bytes / 1e6).toFixed(1)} MB`,
        unit: "s",
        ours: samples.get("ours") ?? [],
        peer: samples.get("peer") ?? [],
        ratio: "peer / ours",
        limits: [{ kind: "ours-below", value: bytes / BYTES_A_SECOND }],
      },
    ];
  },
};

/** Files of the host's library in the order of their names, without its tests, until there is enough. */
async function corpus(bench: Workbench): Promise<{ readonly list: string; readonly bytes: number }> {
  const { stdout } = await bench.run(command(bench, ["python3", "-c", LIBRARY]));
  const folder = stdout.trim();
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".py") && !/(?:^|\/)(?:site-packages|tests?)\//.test(name),
  );
  const chosen: string[] = [];
  let bytes = 0;
  for (const name of names.sort()) {
    if (bytes >= BYTES) break;
    chosen.push(join(folder, name));
    bytes += statSync(join(folder, name)).size;
  }
  if (bytes < BYTES) throw new BenchFailure(`expected 12 MB of Python in ${folder}, found ${bytes} bytes`);
  const list = bench.path("files");
  writeFileSync(list, chosen.join("\n"));
  return { list, bytes };
}

async function timed(
  bench: Workbench,
  argv: readonly string[],
): Promise<{ seconds: number; statements: number }> {
  const { stdout } = await bench.run(command(bench, argv));
  // as: both programs are ours, and print this.
  return JSON.parse(stdout) as { seconds: number; statements: number };
}

function command(bench: Workbench, argv: readonly string[]) {
  return { argv, cwd: bench.path("."), env: cleanEnvironment() };
}

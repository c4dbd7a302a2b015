import { createReadStream, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Benchmark, Measurement } from "./benchmark.ts";
import { BenchFailure } from "./failure.ts";
import { findProgram } from "./find-program.ts";
import { cleanEnvironment } from "./lapstrake-command.ts";
import type { Command } from "./run-command.ts";
import type { Workbench } from "./workbench.ts";

/** So many entries, so many of them at a time; `seconds` is the most that they may take. */
interface Load {
  readonly name: string;
  readonly entries: number;
  readonly together: number;
  readonly seconds: number | undefined;
}

const LOADS: readonly Load[] = [
  // 2,000 a second.
  { name: "20,000 appends, 64 at a time", entries: 20_000, together: 64, seconds: 10 },
  { name: "1,000 appends, one after the other", entries: 1000, together: 1, seconds: undefined },
];

export const ledgerAppend: Benchmark = {
  name: "ledger-append",
  work: "20,000 entries, 64 at a time, each on the disk before it counts; 1,000 one by one. Peer: sqlite3, WAL, synchronous=FULL",
  target: "2,000 entries a second in groups: 20,000 in under 10 s, Node's start included",
  runs: 5,
  async measure(bench, runs) {
    const measured: Measurement[] = [];
    for (const load of LOADS) measured.push(await measureLoad(bench, load, runs));
    return measured;
  },
};

async function measureLoad(bench: Workbench, load: Load, runs: number): Promise<Measurement> {
  const sqlite = findProgram("sqlite3");
  const peer = sqlite === undefined ? [] : [{ name: "peer", run: () => peerRun(bench, sqlite, load) }];
  bench.say(load.name);
  const samples = await bench.compare([{ name: "ours", run: () => ourRun(bench, load) }, ...peer], runs);
  return {
    name: load.name,
    unit: "s",
    ours: samples.get("ours") ?? [],
    peer: samples.get("peer") ?? [],
    ...(sqlite === undefined ? { peerAbsent: "there is no sqlite3 here (Debian package sqlite3)" } : {}),
    ratio: "ours / peer",
    limits: load.seconds === undefined ? [] : [{ kind: "ours-below", value: load.seconds }],
  };
}

async function ourRun(bench: Workbench, { entries, together }: Load): Promise<number> {
  const file = bench.path("append/ledger.jsonl");
  rmSync(file, { force: true });
  const program = fileURLToPath(new URL("./ledger-program.js", import.meta.url));
  const argv = [process.execPath, program, "append", file, String(entries), String(together)];
  const { seconds } = await bench.run(command(bench, argv));
  const lines = readFileSync(file, "utf8").split("\n").length - 1;
  if (lines !== entries) throw new BenchFailure(`${file}: expected ${entries} lines, found ${lines}`);
  return seconds;
}

/** The same rows, in transactions of the same size, on the same disk. */
async function peerRun(bench: Workbench, sqlite: string, { entries, together }: Load): Promise<number> {
  const database = bench.path("peer.sqlite");
  for (const end of ["", "-wal", "-shm"]) rmSync(`${database}${end}`, { force: true });
  const script = bench.path(`peer-${together}.sql`);
  writeFileSync(script, sqlOf(await sampleLines(bench, entries), together));
  const { seconds } = await bench.run(command(bench, [sqlite, database, `.read ${script}`]));
  const { stdout } = await bench.run(command(bench, [sqlite, database, "SELECT count(*) FROM entries"]));
  if (Number(stdout) !== entries)
    throw new BenchFailure(`${database}: expected ${entries} rows, found ${stdout}`);
  return seconds;
}

/** The lines that our side wrote: the peer writes the same bytes. */
async function sampleLines(bench: Workbench, entries: number): Promise<readonly string[]> {
  const file = bench.path("sample/ledger.jsonl");
  const program = fileURLToPath(new URL("./ledger-program.js", import.meta.url));
  await bench.run(command(bench, [process.execPath, program, "fill", file, String(entries)]));
  const lines: string[] = [];
  for await (const line of createInterface({ input: createReadStream(file) })) lines.push(line);
  return lines;
}

function sqlOf(lines: readonly string[], together: number): string {
  const head =
    "PRAGMA journal_mode=WAL;\nPRAGMA synchronous=FULL;\nCREATE TABLE entries (seq INTEGER PRIMARY KEY, line TEXT);\n";
  const parts: string[] = [head];
  for (let at = 0; at < lines.length; at += together) {
    const rows = lines
      .slice(at, at + together)
      .map((line) => `INSERT INTO entries (line) VALUES ('${line.replaceAll("'", "''")}');\n`);
    parts.push("BEGIN;\n", ...rows, "COMMIT;\n");
  }
  return parts.join("");
}

function command(bench: Workbench, argv: readonly string[]): Command {
  return { argv, cwd: bench.path("."), env: cleanEnvironment() };
}

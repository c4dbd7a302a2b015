import { spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream, mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { GeneratedFleet } from "../test/kit/generate-fleet.ts";
import type { Benchmark } from "./benchmark.ts";
import { BenchFailure } from "./failure.ts";
import { cleanEnvironment, lapstrakeCommand } from "./lapstrake-command.ts";
import type { Command } from "./run-command.ts";
import type { Workbench } from "./workbench.ts";

const ENTRIES = 200_000;
/** 100,000 a second. */
const SECONDS = ENTRIES / 100_000;

export const ledgerVerify: Benchmark = {
  name: "ledger-verify",
  work: `ledger verify of ${ENTRIES} entries with their evidence; again with a checkpoint. Peer: git fsck of as many commits with the same texts`,
  target: `100,000 entries a second: under ${SECONDS} s, Node's start included`,
  runs: 5,
  async measure(bench, runs) {
    const [plain, signed] = [await filled(bench, "verify"), await filled(bench, "signed")];
    await bench.run(lapstrakeCommand(bench, signed, "ledger", "checkpoint"));
    const repository = await commitsOf(bench, bench.fleetStateOf(plain));
    const fsck = {
      argv: ["git", "fsck", "--full", "--strict", "--no-dangling", "--no-progress"],
      cwd: repository,
      env: cleanEnvironment(),
    };
    const samples = await bench.compare(
      [
        { name: "ours", run: () => verified(bench, plain, 0) },
        { name: "ours, signed", run: () => verified(bench, signed, 1) },
        { name: "peer", run: async () => (await bench.run(fsck)).seconds },
      ],
      runs,
    );
    const of = (name: string) => samples.get(name) ?? [];
    const part = {
      unit: "s",
      ratio: "ours / peer",
      limits: [{ kind: "ours-below", value: SECONDS }],
    } as const;
    return [
      { ...part, name: `verify of ${ENTRIES} entries`, ours: of("ours"), peer: of("peer") },
      {
        ...part,
        name: "the same with a checkpoint and its Merkle root",
        ours: of("ours, signed"),
        peer: of("peer"),
      },
    ];
  },
};

async function filled(bench: Workbench, label: string): Promise<GeneratedFleet> {
  const fleet = bench.fleet({ label, images: 9 });
  const file = join(bench.fleetStateOf(fleet), "ledger.jsonl");
  bench.say(`filling ${file}`);
  const program = fileURLToPath(new URL("./ledger-program.js", import.meta.url));
  await bench.run({
    argv: [process.execPath, program, "fill", file, String(ENTRIES)],
    cwd: fleet.folder,
    env: cleanEnvironment(),
  });
  return fleet;
}

/** A time counts only for a verdict over all of it. */
async function verified(bench: Workbench, fleet: GeneratedFleet, checkpoints: number): Promise<number> {
  const { seconds, stdout } = await bench.run(lapstrakeCommand(bench, fleet, "ledger", "verify", "--json"));
  // What `ledger verify --json` prints; docs/ledger.md.
  const report = JSON.parse(stdout) as { ok: boolean; entries: number; checkpoints: { good: number } };
  if (!report.ok || report.entries !== ENTRIES || report.checkpoints.good !== checkpoints)
    throw new BenchFailure(
      `ledger verify: expected ${ENTRIES} sound entries, ${checkpoints} checkpoints, found ${stdout}`,
    );
  return seconds;
}

/** A chain of as many commits, each with a line of the ledger as its message: git's own chain of hashes. */
async function commitsOf(bench: Workbench, state: string): Promise<string> {
  const repository = bench.path("commits");
  mkdirSync(repository);
  const git = (...args: string[]): Command => ({
    argv: ["git", ...args],
    cwd: repository,
    env: cleanEnvironment(),
  });
  await bench.run(git("init", "-q", "-b", "main"));
  bench.say("making as many commits");
  const child = spawn("git", ["fast-import", "--quiet"], {
    cwd: repository,
    env: cleanEnvironment(),
    stdio: ["pipe", "ignore", "inherit"],
  });
  for await (const line of createInterface({ input: createReadStream(join(state, "ledger.jsonl")) })) {
    const commit = `commit refs/heads/main\ncommitter a <a@example> 1700000000 +0000\ndata ${Buffer.byteLength(line)}\n${line}\n`;
    if (!child.stdin.write(commit)) await once(child.stdin, "drain");
  }
  child.stdin.end();
  const [code] = await once(child, "close");
  if (code !== 0) throw new BenchFailure(`git fast-import ended with exit ${String(code)}`);
  const { stdout } = await bench.run(git("rev-list", "--count", "main"));
  if (Number(stdout) !== ENTRIES) throw new BenchFailure(`expected ${ENTRIES} commits, found ${stdout}`);
  return repository;
}

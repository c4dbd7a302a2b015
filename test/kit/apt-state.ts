import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DebianImage, debianItems } from "./debian-image.ts";

export interface AptState {
  write(image: DebianImage): void;
  /** Names of what the simulated command removes; undefined where apt finds no way to do it. */
  removed(...command: string[]): readonly string[] | undefined;
  close(): void;
}

/** What a real apt would remove from packages that exist in two files alone: nothing of the host is read or written. */
export function createAptState(settings: readonly string[] = []): AptState {
  const folder = mkdtempSync(join(tmpdir(), "apt-state-"));
  for (const each of ["lists/partial", "cache/archives/partial", "log"])
    mkdirSync(join(folder, each), { recursive: true });
  const lines = [
    'Dir::Etc "/nonexistent"',
    'Dir::Etc::main "/dev/null"',
    'Dir::Etc::parts "/dev/null"',
    'Dir::Etc::sourcelist "/dev/null"',
    'Dir::Etc::sourceparts "/dev/null"',
    `Dir::State "${folder}"`,
    `Dir::State::status "${folder}/status"`,
    `Dir::State::extended_states "${folder}/extended_states"`,
    `Dir::State::lists "${folder}/lists"`,
    `Dir::Cache "${folder}/cache"`,
    `Dir::Log "${folder}/log"`,
    'APT::Architecture "amd64"',
    'Debug::NoLocking "true"',
    ...settings,
  ];
  writeFileSync(join(folder, "apt.conf"), lines.map((line) => `${line};\n`).join(""));
  return {
    write(image) {
      for (const { path, content = "" } of debianItems(image)) {
        const name = path.slice(path.lastIndexOf("/") + 1);
        writeFileSync(join(folder, name), content);
      }
    },
    removed(...command) {
      const run = spawnSync("apt-get", ["--simulate", "--allow-remove-essential", ...command], {
        encoding: "utf8",
        env: { ...process.env, LC_ALL: "C", APT_CONFIG: join(folder, "apt.conf") },
      });
      if (run.stderr.includes("pkgProblemResolver::Resolve generated breaks")) return undefined;
      if (run.status !== 0) throw new Error(`${run.stdout}${run.stderr}`);
      return [...run.stdout.matchAll(/^(?:Remv|Purg) (\S+)/gm)].map((found) => found[1] ?? "").toSorted();
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

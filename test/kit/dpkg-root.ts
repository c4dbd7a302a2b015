import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { FileTree } from "../../src/core/audit/image/file-tree.ts";
import { flatten } from "../../src/core/audit/image/flatten.ts";
import { KEEP_ALL } from "../audit/layers.ts";
import { folderLayer } from "./folder-layer.ts";

export interface BuiltPackage {
  readonly name: string;
  readonly architecture: string;
  readonly multiArch?: "same";
  /** Contents by absolute path. */
  readonly files: Readonly<Record<string, string>>;
}

export interface DpkgRoot {
  readonly path: string;
  install(packages: readonly BuiltPackage[]): void;
  /** Runs a program of dpkg's on this root; what it printed. `failing` where an exit code other than 0 is an answer. */
  run(program: string, args: readonly string[], failing?: boolean): string;
  tree(): FileTree;
  close(): void;
}

/** A folder that the real dpkg takes for a whole machine: packages without scripts can be installed in it. Needs root. */
export function createDpkgRoot({ merged }: { readonly merged: boolean }): DpkgRoot {
  const work = mkdtempSync(join(tmpdir(), "dpkg-root-"));
  const path = join(work, "root");
  for (const folder of ["info", "updates", "triggers", "alternatives"])
    mkdirSync(join(path, "var/lib/dpkg", folder), { recursive: true });
  for (const folder of ["etc/alternatives", "var/log", "usr"])
    mkdirSync(join(path, folder), { recursive: true });
  writeFileSync(join(path, "var/lib/dpkg/status"), "");
  for (const folder of ["bin", "lib", "sbin"]) {
    mkdirSync(join(path, "usr", folder));
    if (merged) symlinkSync(`usr/${folder}`, join(path, folder));
    else mkdirSync(join(path, folder));
  }
  const run = (program: string, args: readonly string[], failing = false): string => {
    const env = { ...process.env, LC_ALL: "C.UTF-8" };
    const done = spawnSync(program, args, { encoding: "utf8", env, maxBuffer: 1 << 26 });
    if (done.status !== 0 && !failing) throw new Error(`${program} ${args.join(" ")}: ${done.stderr}`);
    return done.stdout;
  };
  // Without it, the log that the host's configuration names would be written.
  const own = [`--root=${path}`, `--log=${join(path, "var/log/dpkg.log")}`];
  run("dpkg", [...own, "--add-architecture", "i386"]);
  return {
    path,
    run: (program, args, failing) => run(program, ["--root", path, ...args], failing),
    install(packages) {
      const archives = packages.map((each) => buildPackage(work, each, run));
      run("dpkg", [...own, "--force-unsafe-io", "--install", ...archives]);
    },
    tree: () => flatten([folderLayer(path, KEEP_ALL)]).tree,
    close: () => rmSync(work, { recursive: true, force: true }),
  };
}

function buildPackage(
  work: string,
  { name, architecture, multiArch, files }: BuiltPackage,
  run: (program: string, args: readonly string[]) => string,
): string {
  const folder = join(work, `${name}-${architecture}`);
  const control = {
    Package: name,
    Architecture: architecture,
    Version: "1",
    "Multi-Arch": multiArch ?? "no",
  };
  const about = { ...control, Maintainer: "test <test@example.invalid>", Description: "test" };
  mkdirSync(join(folder, "DEBIAN"), { recursive: true });
  const lines = Object.entries(about).map(([field, value]) => `${field}: ${value}\n`);
  writeFileSync(join(folder, "DEBIAN/control"), lines.join(""));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  run("dpkg-deb", ["--root-owner-group", "-Zgzip", "-z1", "--build", folder, `${folder}.deb`]);
  return `${folder}.deb`;
}

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { BenchFailure } from "./failure.ts";

/** The project's folder, from wherever this file was compiled to. */
export function projectRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, "bin/lapstrake"))) {
    const above = dirname(folder);
    if (above === folder)
      throw new BenchFailure("expected to run inside the project: no bin/lapstrake above");
    folder = above;
  }
  return folder;
}

/** Compiles lapstrake, so that what is measured is what the tree says, and gives its program. */
export function builtProgram(root: string): string {
  try {
    execFileSync("npm", ["run", "--silent", "build"], { cwd: root, encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    // execFileSync throws the result of the process, with what it printed.
    throw new BenchFailure(
      `lapstrake does not compile\n${(error as { readonly stdout?: string }).stdout ?? ""}`,
    );
  }
  return join(root, "bin/lapstrake");
}

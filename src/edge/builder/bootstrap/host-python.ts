import { cp, mkdir, readdir, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import type { ProcessRunner } from "../../process/port.ts";
import { BootstrapError } from "./error.ts";

/** Not needed to run programs: tests, GUI toolkits, converters, build configuration, the host's own packages. */
const LEFT_OUT = new Set([
  "test",
  "tests",
  "idlelib",
  "tkinter",
  "turtledemo",
  "turtle.py",
  "lib2to3",
  "site-packages",
  "pydoc_data",
  "__pycache__",
]);
const NATIVE_LEFT_OUT = /^(?:_tkinter|_test|_ctypes_test|xx)/;
/** What a CPython that was built without its libraries lacks; such a one is no use in an image. */
const LOOK = "import ssl, sqlite3, ctypes, lzma, bz2, zlib, sys; print(' '.join(sys.version.split()))";

export interface HostPython {
  readonly prefix: string;
  /** As it names itself: patch version, compiler and the time of its build. Two hosts seldom have the same. */
  readonly build: string;
}

/** Finds a CPython X.Y on this host: pyenv's, uv's, or one on PATH that is not a shim. Throws BOOTSTRAP_PYTHON. */
export async function findHostPython(runner: ProcessRunner, version: string): Promise<HostPython> {
  for (const candidate of await candidates(runner, version)) {
    const record = await runner.run({ argv: [candidate, "-c", LOOK], timeout: 30_000 });
    if (record.outcome === "ok")
      return { prefix: dirname(dirname(await realpath(candidate))), build: record.stdout.trim() };
  }
  throw new BootstrapError("BOOTSTRAP_PYTHON", `no complete CPython ${version} was found on this host`, {
    hint: `\`uv python install ${version}\` or \`pyenv install ${version}\`, then \`lapstrake lock\` again`,
  });
}

async function candidates(runner: ProcessRunner, version: string): Promise<string[]> {
  const name = `python${version}`;
  const pyenv = join(homedir(), ".pyenv", "versions");
  const versions = (await readdir(pyenv).catch(() => []))
    .filter((entry) => entry.startsWith(`${version}.`))
    .sort();
  const uv = await runner.run({ argv: ["uv", "python", "find", "--no-project", version], timeout: 30_000 });
  return [
    ...versions.reverse().map((entry) => join(pyenv, entry, "bin", name)),
    ...(uv.outcome === "ok" && !uv.stdout.includes("/shims/") ? [uv.stdout.trim()] : []),
    `/usr/local/bin/${name}`,
    `/opt/python/${version}/bin/${name}`,
  ];
}

/** Copies the interpreter and its library, cleaned, into `stage`, laid out for /usr/local. */
export async function stageHostPython(prefix: string, version: string, stage: string): Promise<void> {
  const library = `python${version}`;
  await mkdir(join(stage, "bin"), { recursive: true });
  await mkdir(join(stage, "lib"), { recursive: true });
  await cp(join(prefix, "bin", library), join(stage, "bin", library));
  await symlink(library, join(stage, "bin", "python3"));
  const shared = `libpython${version}.so.1.0`;
  const libraries = await readdir(join(prefix, "lib"));
  // Only a CPython configured with --enable-shared has it.
  if (libraries.includes(shared)) await cp(join(prefix, "lib", shared), join(stage, "lib", shared));
  await cp(join(prefix, "lib", library), join(stage, "lib", library), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => isKept(path, version),
  });
  await mkdir(join(stage, "lib", library, "site-packages"), { recursive: true });
  await rewritePrefix(join(stage, "lib", library), prefix);
  await rm(join(stage, "lib", library, "EXTERNALLY-MANAGED"), { force: true });
}

function isKept(path: string, version: string): boolean {
  const name = basename(path);
  if (LEFT_OUT.has(name) || name.startsWith(`config-${version}-`)) return false;
  return !(basename(dirname(path)) === "lib-dynload" && NATIVE_LEFT_OUT.test(name));
}

/** sysconfig names the place where it was built; the image has it at /usr/local. */
async function rewritePrefix(library: string, prefix: string): Promise<void> {
  for (const name of await readdir(library)) {
    if (!name.startsWith("_sysconfigdata_") || !name.endsWith(".py")) continue;
    const path = join(library, name);
    await writeFile(path, (await readFile(path, "utf8")).replaceAll(prefix, "/usr/local"));
  }
}

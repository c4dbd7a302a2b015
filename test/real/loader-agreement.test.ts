import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { indexLdCache } from "../../src/core/audit/loader/ld-cache-index.ts";
import type { LoaderImage, LoadTrace } from "../../src/core/audit/loader/load-trace.ts";
import { resolveRoot } from "../../src/core/audit/loader/resolve-root.ts";
import { type FolderImage, folderImage, processorHere } from "../kit/loader-image.ts";
import { LOADER } from "../kit/real-loader.ts";

/** What an audit of programs has no use for, and what has too many files to read them all. */
const LEFT =
  /^(?:proc|sys|dev|tmp|root|run|home|work|opt|var|boot|mnt|srv|usr\/(?:share|local|include|src)|usr\/lib\/(?:python3.*|jvm|google-cloud-sdk|gcc|llvm.*|debug|go.*|node.*|locale|firmware|modules))$/;

/** Real paths that a process maps, and names that are not found, by the real loader. */
function really(root: string, path: string, { tree }: LoaderImage): { paths: string[]; missing: string[] } {
  const args = [LOADER, `/${path}`];
  const run = spawnSync(
    root === "/" ? LOADER : "/usr/sbin/chroot",
    root === "/" ? args.slice(1) : [root, ...args],
    {
      encoding: "utf8",
      env: { LD_TRACE_LOADED_OBJECTS: "1" },
    },
  );
  const paths = new Set<string>();
  const missing: string[] = [];
  for (const line of run.stdout.split("\n")) {
    const [, name = "", target] = /^\t(\S+)(?: => (.+?))?(?: \(0x[0-9a-f]+\))?$/.exec(line) ?? [];
    if (target === "not found") missing.push(name);
    else if ((target ?? name).startsWith("/"))
      paths.add(tree.resolve((target ?? name).slice(1))?.path ?? "?");
  }
  return { paths: without(paths, path, tree), missing: missing.sort() };
}

function modelled(
  { edges, objects }: LoadTrace,
  path: string,
  { tree }: LoaderImage,
): { paths: string[]; missing: string[] } {
  const missing = edges.filter(({ outcome }) => outcome.state === "missing" || outcome.state === "host");
  return {
    paths: without(new Set(objects.map((each) => each.path)), path, tree),
    missing: [...new Set(missing.map(({ needed }) => needed))].sort(),
  };
}

/** The loader itself is mapped by the kernel, and is needed by few. */
function without(paths: ReadonlySet<string>, path: string, tree: LoaderImage["tree"]): string[] {
  const loader = tree.resolve(LOADER.slice(1))?.path;
  return [...paths].filter((each) => each !== path && each !== loader).sort();
}

/** A library that is started by the loader is its main program. */
function asProgram({ image, elf }: FolderImage, path: string): LoaderImage {
  const own = elf.get(path);
  return own === undefined || own.interpreter !== undefined
    ? image
    : { ...image, elfAt: (each) => (each === path ? { ...own, interpreter: LOADER } : elf.get(each)) };
}

/** This machine's own root, with the extensions of its Python. */
const PYTHON = "usr/lib/python3.11";
const host = folderImage(
  "/",
  (path) => LEFT.test(path) && path !== PYTHON && path !== `${PYTHON}/lib-dynload`,
);

describe("the model of the loader and the real one", () => {
  const cache = indexLdCache(host.image);
  const here = processorHere();

  test("load the same files for programs and libraries of this machine", () => {
    const roots = [...host.elf].filter(([path, { class: bits, machine, dynamic, type, interpreter }]) => {
      const isOurs = bits === 64 && machine === 62 && dynamic && type !== "relocatable";
      return isOurs && (interpreter === LOADER || (interpreter === undefined && /\.so/.test(path)));
    });
    expect(roots.length).toBeGreaterThan(500);
    // Every third of them: some hundred, from all folders.
    for (const [index, [path]] of roots.entries()) {
      if (index % 3 !== 0) continue;
      const image = asProgram(host, path);
      const root = { program: path, opened: [], libraryPath: undefined, preload: [], cwd: "/", ...here };
      expect(modelled(resolveRoot(image, root, cache), path, image), path).toEqual(really("/", path, image));
    }
  }, 300_000);

  test("differ where one of them is told another processor (canary)", () => {
    const image = {
      ...host.image,
      elfAt: (path: string) => (path.endsWith("libc.so.6") ? undefined : host.image.elfAt(path)),
    };
    const root = {
      program: "usr/bin/bash",
      opened: [],
      libraryPath: undefined,
      preload: [],
      cwd: "/",
      ...here,
    };
    expect(modelled(resolveRoot(image, root, cache), "usr/bin/bash", image)).not.toEqual(
      really("/", "usr/bin/bash", host.image),
    );
  });
});

describe("extensions of Python", () => {
  let root = "";
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "lapstrake-python-root-"));
    for (const path of ["/usr/bin/python3.11", "/usr/lib/python3.11"]) copy(path);
    const dynload = readdirSync("/usr/lib/python3.11/lib-dynload").map(
      (name) => `usr/lib/python3.11/lib-dynload/${name}`,
    );
    const loads = resolveRoot(
      host.image,
      {
        program: "usr/bin/python3.11",
        opened: dynload.map((path) => ({ path })),
        libraryPath: undefined,
        preload: [],
        cwd: "/",
        level: "baseline",
      },
      indexLdCache(host.image),
    );
    for (const { foundAs } of loads.objects) if (`/${foundAs}` !== LOADER) copy(`/${foundAs}`);
    for (const folder of ["lib", "lib64", "bin"]) symlinkSync(`usr/${folder}`, join(root, folder));
    mkdirSync(join(root, "usr/lib64"), { recursive: true });
    copy("/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2");
    symlinkSync("../lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", join(root, "usr/lib64/ld-linux-x86-64.so.2"));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  function copy(path: string): void {
    const to = join(root, path.replace(/^\/lib\//, "/usr/lib/"));
    mkdirSync(dirname(to), { recursive: true });
    cpSync(path, to, { recursive: true, dereference: true });
  }

  /** By module, whether importing it in that root works; each in a process of its own. */
  function imported(): Record<string, boolean> {
    const script = `
import os, sys, json, importlib
names = sorted(f.split(".")[0] for f in os.listdir("/usr/lib/python3.11/lib-dynload"))
result = {}
for name in names:
    pid = os.fork()
    if pid == 0:
        try:
            importlib.import_module(name)
        except ImportError as error:
            os._exit(1 if "cannot open shared object" in str(error) else 2)
        os._exit(0)
    result[name] = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
print(json.dumps(result))`;
    const { stdout, stderr } = spawnSync(
      "/usr/sbin/chroot",
      [root, "/usr/bin/python3.11", "-I", "-c", script],
      { encoding: "utf8" },
    );
    if (stdout === "") throw new Error(stderr);
    // 2 is an import that failed for something that is no library; Python printed it.
    return Object.fromEntries(
      Object.entries(JSON.parse(stdout) as Record<string, number>).map(([name, code]) => [name, code !== 1]),
    );
  }

  function predicted(): Record<string, boolean> {
    const { image, elf } = folderImage(root);
    return Object.fromEntries(
      [...elf.keys()]
        .filter((path) => path.includes("/lib-dynload/"))
        .map((path) => {
          const asked = {
            program: "usr/bin/python3.11",
            opened: [{ path }],
            libraryPath: undefined,
            preload: [],
            cwd: "/",
            level: "baseline",
          } as const;
          const { edges } = resolveRoot(image, asked, indexLdCache(image));
          const name = path.slice(path.lastIndexOf("/") + 1).split(".")[0] ?? "";
          return [name, edges.every(({ outcome }) => outcome.state !== "missing")];
        }),
    );
  }

  test("are imported where the model finds all that they need, and fail where it misses something", () => {
    const whole = imported();
    expect(Object.keys(whole).length).toBeGreaterThan(15);
    expect(predicted()).toEqual(whole);
    expect(whole).toMatchObject({ _ssl: true, _hashlib: true, _json: true });
    // Seeded: the library of two modules is gone.
    rmSync(join(root, "usr/lib/x86_64-linux-gnu/libcrypto.so.3"));
    const broken = imported();
    expect(broken).toMatchObject({ _ssl: false, _hashlib: false, _json: true });
    expect(predicted()).toEqual(broken);
  }, 120_000);
});

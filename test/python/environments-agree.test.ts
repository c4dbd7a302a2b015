import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readPackages } from "../../src/core/audit/dpkg/read-packages.ts";
import { LINKS_QUESTION } from "../../src/core/audit/image/audit-question.ts";
import type { FileTree } from "../../src/core/audit/image/file-tree.ts";
import { flatten } from "../../src/core/audit/image/flatten.ts";
import { isKept } from "../../src/core/audit/image/kept-files.ts";
import type { ContentQuestion } from "../../src/core/audit/image/layer-facts.ts";
import type { Distribution, PythonEnvironment } from "../../src/core/audit/python/environment.ts";
import { readEnvironments } from "../../src/core/audit/python/read-environments.ts";
import { type FoundModule, ModuleFinder } from "../../src/core/audit/reach/module-finder.ts";
import { ownership } from "../../src/core/policy/audit/distribution-uses.ts";
import { folderLayer } from "../kit/folder-layer.ts";

const KIT = resolve(import.meta.dirname, "../kit");
const MODULES =
  "ns ns.one ns.two ns.two.deep ns.none native _stable odd_more edit_path edit_map edit_map.sub edit_map.none edit_mod edns edns.part carrier._vendor.inner inner os.path";

type Placed =
  | { readonly kind: "builtin" | "frozen" }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "namespace"; readonly folders: readonly string[] };

interface Answer {
  readonly executable: string;
  readonly builtin: readonly string[];
  readonly path: readonly string[];
  readonly distributions: readonly {
    readonly metadata: string;
    readonly name: string;
    readonly version: string;
    readonly requires: readonly string[];
    readonly files: readonly string[];
    readonly sizes: Readonly<Record<string, number>>;
    readonly hashes: Readonly<Record<string, string>>;
    readonly entryPoints: readonly (readonly [group: string, name: string, value: string])[];
    readonly installer: string;
    readonly requested: boolean;
    readonly direct: { readonly dir_info?: { readonly editable?: boolean } } | null;
    readonly isFound: boolean;
  }[];
  readonly tops: Readonly<Record<string, readonly string[]>>;
  readonly modules: Readonly<Record<string, Placed | null>>;
}

let folder = "";
let base = "";
const bin = (venv: string): string => join(folder, venv, "bin/python");

function run(program: string, args: readonly string[]): string {
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: folder,
    PIP_CONFIG_FILE: "/dev/null",
    PIP_NO_CACHE_DIR: "1",
  };
  const done = spawnSync(program, args, { encoding: "utf8", env, maxBuffer: 1 << 28 });
  if (done.status !== 0) throw new Error(`${program} ${args.join(" ")}: ${done.stderr}`);
  return done.stdout;
}

beforeAll(() => {
  folder = mkdtempSync(join(realpathSync(tmpdir()), "lapstrake-python-"));
  base = run("python3", ["-c", "import os, sys; print(os.path.realpath(sys.executable))"]).trim();
  const made = join(folder, "made");
  mkdirSync(made);
  run("python3", [join(KIT, "python-projects.py"), made]);
  const wheels = readdirSync(made).flatMap((name) => (name.endsWith(".whl") ? [join(made, name)] : []));
  const projects = ["edit_path", "edit_map"].filter((name) => existsSync(join(made, name)));
  for (const [venv, ...options] of [["closed"], ["open", "--system-site-packages", "--copies"]] as const) {
    run("python3", ["-m", "venv", "--without-pip", ...options, join(folder, venv)]);
    const pip = ["-m", "pip", "-q", "--python", bin(venv), "install", "--no-index", "--no-deps"];
    run("python3", [
      ...pip,
      "--no-build-isolation",
      ...wheels,
      ...projects.flatMap((name) => ["-e", join(made, name)]),
    ]);
    addOld(run(bin(venv), ["-c", "import site; print(site.getsitepackages()[0])"]).trim());
  }
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What older tools left, and a folder that a `.pth` file adds with another copy of what is there. */
function addOld(site: string): void {
  const more = join(folder, "more");
  const texts = {
    [`${site}/old-1.0-py3.egg-info/PKG-INFO`]: "Metadata-Version: 1.1\nName: old\nVersion: 1.0\n",
    [`${site}/old-1.0-py3.egg-info/SOURCES.txt`]: "setup.py\nold/__init__.py\nold/a, b.py\n",
    [`${site}/old-1.0-py3.egg-info/top_level.txt`]: "old\n",
    [`${site}/old-1.0-py3.egg-info/requires.txt`]:
      'first>=1\n\n[:python_version < "3"]\nnever\n\n[x]\nextra @ https://example.org/x\n\n[y:python_version >= "3"]\nboth\n',
    [`${site}/old/__init__.py`]: "",
    [`${site}/old/a, b.py`]: "",
    [`${site}/single-3.egg-info`]: "Metadata-Version: 1.0\nName: single\nVersion: 3\n",
    [`${site}/single.py`]: "",
    [`${site}/zz.pth`]: `# a comment\n\nimport sys; x = 1\n${more}\r\nnowhere\n./old/../old\n${more}\n`,
    [`${more}/plain-0.9.dist-info/METADATA`]: "Metadata-Version: 2.1\nName: Plain\nVersion: 0.9\n",
    [`${more}/plain-0.9.dist-info/RECORD`]: "plain.py,,\n",
    [`${more}/plain.py`]: "",
    [`${more}/ns/three.py`]: "",
  };
  for (const [path, text] of Object.entries(texts)) {
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text);
  }
}

/** Debian's own interpreter is asked where there is one. */
const SYSTEM = "/usr/bin/python3";
const programs = [
  ["a closed venv", () => bin("closed")],
  ["an open venv of copies", () => bin("open")],
  ["the interpreter itself", () => base],
  ...(existsSync(SYSTEM) ? [["the system's interpreter", () => realpathSync(SYSTEM)] as const] : []),
] as const;

const answers = new Map<string, Answer>();
let tree: FileTree;
let environments: readonly PythonEnvironment[];

/** This machine's files as an image would have them: those folders that the interpreters look into. */
beforeAll(() => {
  for (const [, programOf] of programs) {
    const program = programOf();
    // as: our own script's shape.
    const answer = JSON.parse(
      run(program, [join(KIT, "python-distributions.py"), ...MODULES.split(" ")]),
    ) as Answer;
    answers.set(program, answer);
  }
  const asked = [...answers].flatMap(([program, { path, executable }]) => [program, executable, ...path]);
  const roots = [folder, "/var/lib/dpkg", ...asked].map((path) => path.slice(1));
  const leaves = (path: string): boolean =>
    path.endsWith("__pycache__") ||
    !roots.some((root) => root === path || root.startsWith(`${path}/`) || path.startsWith(`${root}/`));
  const question: ContentQuestion = {
    ...LINKS_QUESTION,
    reads: (path) => (isKept(path) ? "keep" : undefined),
  };
  ({ tree } = flatten([folderLayer("/", question, leaves)]));
  ({ environments } = readEnvironments(tree, readPackages(tree)));
}, 120_000);

interface Both {
  readonly ours: PythonEnvironment;
  readonly theirs: Answer;
}

function ask(program: string): Both {
  const theirs = answers.get(program);
  const ours = environments.find(({ interpreter, venv }) =>
    program.startsWith(folder)
      ? `/${venv}` === program
      : `/${interpreter}` === theirs?.executable && venv === undefined,
  );
  if (ours === undefined || theirs === undefined)
    throw new Error(`expected ${program}, found ${environments.map((each) => each.interpreter)}`);
  return { ours, theirs };
}

describe.each(programs)("what Python knows, in %s", (_, program) => {
  let both: Both;
  beforeAll(() => {
    both = ask(program());
  });
  const inFolder = (one: Distribution, other: Distribution): number =>
    one.metadata < other.metadata ? -1 : 1;

  test("is where it looks, in order", () => {
    expect(both.ours.path.map((path) => `/${path}`)).toEqual(both.theirs.path);
  });

  test("is which distributions there are, with what they say of themselves", () => {
    const { ours, theirs } = both;
    const about = ours.path.flatMap((location) =>
      ours.distributions
        .filter((each) => each.location === location)
        .sort(inFolder)
        .map((each) => ({
          metadata: `/${each.metadata}`,
          name: each.name,
          version: each.version,
          requires: each.requires.map(onOneLine),
          entryPoints: each.entryPoints.map(({ group, name, value }) => `${group} ${name} ${value}`).sort(),
          installer: each.installer ?? "",
          requested: each.requested,
          editable: each.editable,
          isFound: ours.distributions.find(({ key }) => key === each.key)?.version === each.version,
        })),
    );
    // One folder's are in the order of its listing, which is nobody's; one that is described twice there counts once here.
    const expected = theirs.path.flatMap((location) =>
      theirs.distributions
        .filter(({ metadata }) => join(metadata, "..") === location)
        .sort((one, other) => (one.metadata < other.metadata ? -1 : 1))
        .filter(
          (each, index, all) =>
            !all.slice(0, index).some(({ name, version }) => name === each.name && version === each.version),
        )
        .map(({ metadata, name, version, requires, entryPoints, installer, requested, direct, isFound }) => ({
          metadata,
          name,
          version,
          requires: requires.map(onOneLine),
          entryPoints: entryPoints.map((entry) => entry.join(" ")).sort(),
          installer,
          requested,
          editable: direct?.dir_info?.editable === true,
          isFound,
        })),
    );
    expect(about).toEqual(expected);
    expect(about.length).toBeGreaterThan(1);
  });

  test("is which files they have", () => {
    const { ours, theirs } = both;
    const byMetadata = new Map(theirs.distributions.map((each) => [each.metadata, each]));
    let files = 0;
    const ofPackages = ours.distributions.filter((each) => each.package !== undefined);
    for (const { metadata, files: own, name, package: owner } of ours.distributions) {
      // A RECORD of the build, not of what the package installed: see below.
      if (owner !== undefined) continue;
      const their = byMetadata.get(`/${metadata}`);
      // Without any list there is nothing to compare; what is left out of the tree is bytecode.
      if (their === undefined || their.files.length === 0) continue;
      const here = own.filter(({ path }) => tree.at(path) !== undefined);
      const expected = their.files.filter(
        (path) => !path.includes("/__pycache__/") && tree.at(path.slice(1)) !== undefined,
      );
      const paths = here.map(({ path }) => `/${path}`);
      expect(new Set(paths.filter((path) => !path.includes("/__pycache__/"))), name).toEqual(
        new Set(expected),
      );
      const facts = here.map(({ path, size, sha256 }) => [
        `/${path}`,
        size,
        sha256 && Buffer.from(sha256, "hex").toString("base64url"),
      ]);
      expect(facts).toEqual(paths.map((path) => [path, their.sizes[path], their.hashes[path]]));
      files += here.length;
    }
    expect(files + ofPackages.length).toBeGreaterThan(10);
  });

  test("is which files they have, of Debian's packages by dpkg", () => {
    const { ours } = both;
    for (const each of ours.distributions) {
      const siblings = ours.distributions.filter(({ package: owner }) => owner === each.package);
      if (each.package === undefined || siblings.length > 1) continue;
      const [name = ""] = each.package.split(":");
      const listed = run("dpkg-query", ["-L", name])
        .split("\n")
        .map((path) => path.slice(1))
        .filter((path) => path.startsWith(`${each.location}/`) && tree.at(path)?.type === "file");
      expect(listed.length, name).toBeGreaterThan(0);
      expect(new Set(each.files.map(({ path }) => path)), name).toEqual(
        new Set([...each.files.map(({ path }) => path), ...listed]),
      );
    }
  });

  test("is where modules are", () => {
    const { ours, theirs } = both;
    const finder = new ModuleFinder(tree, { environment: ours, builtin: new Set(theirs.builtin) });
    const names = Object.keys(theirs.modules);
    const differences = names.flatMap((name) => {
      const their = theirs.modules[name] ?? null;
      // setuptools puts its own in place by code in a `.pth` file, which is not run here.
      if (their?.kind === "frozen" || name === "distutils") return [];
      const our = placedAs(finder.find(name));
      return JSON.stringify(our) === JSON.stringify(their) ? [] : [{ name, our, their }];
    });
    expect(differences).toEqual([]);
    expect(names.length).toBeGreaterThan(290);
  });

  test("is which distributions a module is of, namespaces included", () => {
    const { ours, theirs } = both;
    const finder = new ModuleFinder(tree, { environment: ours, builtin: new Set(theirs.builtin) });
    const ownerOf = ownership(ours);
    const ownersOf = (found: FoundModule): readonly string[] => {
      if (found.kind === "builtin") return [];
      if (found.kind !== "namespace") return [ownerOf(found.path)?.name ?? "nobody"];
      // What can be imported of it; a namespace is of all that have a part of it.
      const isIn = (path: string) => found.folders.some((inside) => path.startsWith(`${inside}/`));
      return ours.distributions.flatMap(({ name, files }) =>
        files.some(({ path }) => path.endsWith(".py") && isIn(path)) ? [name] : [],
      );
    };
    const wrong: unknown[] = [];
    let compared = 0;
    for (const [name, expected] of Object.entries(theirs.tops)) {
      const found = finder.find(name);
      if (found === undefined || found.kind === "builtin") continue;
      const owners = ownersOf(found);
      // Several may have one file; a namespace is compared as a whole.
      const isRight =
        found.kind === "namespace"
          ? owners.toSorted().join() === [...new Set(expected)].sort().join()
          : owners.every((owner) => expected.includes(owner));
      if (!isRight) wrong.push({ name, owners, expected });
      compared++;
    }
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(1);
  });
});

test("copies that a distribution carries are its own, and no distributions of the environment", () => {
  const { ours } = ask(bin("closed"));
  expect(ours.vendored.map(({ name, version, vendoredBy }) => [name, version, vendoredBy])).toEqual([
    ["inner", "2.0", "carrier"],
  ]);
  expect(ours.distributions.map(({ key }) => key)).not.toContain("inner");
});

/** A field that goes on in the next line: its white space is nobody's. */
function onOneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}

function placedAs(found: FoundModule | undefined): Placed | null {
  if (found === undefined) return null;
  if (found.kind === "builtin") return { kind: "builtin" };
  if (found.kind === "namespace")
    return { kind: "namespace", folders: found.folders.map((path) => `/${path}`).sort() };
  return { kind: "file", path: `/${found.path}` };
}

import { describe, expect, test } from "vitest";
import { flatten } from "../../src/core/audit/image/flatten.ts";
import type { PythonEnvironment } from "../../src/core/audit/python/environment.ts";
import { readEnvironments } from "../../src/core/audit/python/read-environments.ts";
import { ModuleFinder } from "../../src/core/audit/reach/module-finder.ts";
import { ownership } from "../../src/core/policy/audit/distribution-uses.ts";
import { layerOf } from "../audit/layers.ts";
import { linkItem } from "../kit/tar-writer.ts";

type Files = Readonly<Record<string, string>>;

const treeOf = (files: Files, links: Files = {}) =>
  flatten([
    layerOf([
      ...Object.entries(links).map(([path, target]) => linkItem(path, target)),
      ...Object.entries(files).map(([path, content]) => ({ path, content })),
    ]),
  ]).tree;

const read = (files: Files, links: Files = {}): readonly PythonEnvironment[] =>
  readEnvironments(treeOf(files, links), undefined).environments;

const METADATA = "Metadata-Version: 2.1\nName: thing\nVersion: 1\n";

/** What no interpreter of this machine has; `environments-agree.test.ts` compares with those that are there. */
describe("places of distributions by kind of interpreter", () => {
  test.each([
    ["Debian's", "usr/bin/python3.11", "usr/lib/python3.11", "usr/lib/python3/dist-packages"],
    ["Alpine's", "usr/bin/python3.12", "usr/lib/python3.12", "usr/lib/python3.12/site-packages"],
    [
      "Fedora's, for its machine",
      "usr/bin/python3.9",
      "usr/lib64/python3.9",
      "usr/lib64/python3.9/site-packages",
    ],
    [
      "Fedora's, for all machines",
      "usr/bin/python3.9",
      "usr/lib64/python3.9",
      "usr/lib/python3.9/site-packages",
    ],
    [
      "one built from source",
      "usr/local/bin/python3.11",
      "usr/local/lib/python3.11",
      "usr/local/lib/python3.11/site-packages",
    ],
    [
      "one without a global lock",
      "opt/bin/python3.13t",
      "opt/lib/python3.13t",
      "opt/lib/python3.13t/site-packages",
    ],
  ])("%s", (_, interpreter, library, site) => {
    const [only, ...more] = read({
      [interpreter]: "x",
      [`${library}/os.py`]: "x",
      [`${site}/thing-1.dist-info/METADATA`]: METADATA,
    });
    expect(more).toEqual([]);
    expect(only).toMatchObject({ interpreter, path: [library, site], distributions: [{ key: "thing" }] });
    expect(only?.version.freeThreaded).toBe(interpreter.endsWith("t") ? true : undefined);
  });

  test("none of a program that has no standard library beside it", () => {
    expect(read({ "opt/bin/python3.11": "x", "opt/lib/python3.11/site-packages/a.py": "x" })).toEqual([]);
  });
});

describe("virtual environments", () => {
  const base = {
    "usr/local/bin/python3.11": "x",
    "usr/local/lib/python3.11/os.py": "x",
    "usr/local/lib/python3.11/site-packages/a.py": "x",
  };
  const site = "venv/lib/python3.11/site-packages";
  const venv = (config: string, program: Files, links: Files) =>
    read({ ...base, "venv/pyvenv.cfg": config, [`${site}/b.py`]: "x", ...program }, links).find(
      (each) => each.venv !== undefined,
    );

  test("are links to their interpreter, or copies that say where their home is", () => {
    const closed = "home = /usr/local/bin\ninclude-system-site-packages = false\n";
    const path = ["usr/local/lib/python3.11", site];
    expect(venv(closed, {}, { "venv/bin/python": "/usr/local/bin/python3.11" })).toMatchObject({
      interpreter: "usr/local/bin/python3.11",
      path,
    });
    expect(venv(closed, { "venv/bin/python": "x", "venv/bin/python3.11": "x" }, {})).toMatchObject({
      interpreter: "venv/bin/python",
      path,
    });
    expect(venv("home = /elsewhere\n", { "venv/bin/python": "x" }, {})).toBeUndefined();
  });

  test("are open where they do not say that they are closed", () => {
    const links = { "venv/bin/python": "/usr/local/bin/python3.11" };
    const sites = (config: string) => venv(config, {}, links)?.path.slice(1);
    const both = [site, "usr/local/lib/python3.11/site-packages"];
    expect(sites("home = /usr/local/bin\n")).toEqual(both);
    expect(sites("Include-System-Site-Packages=TRUE\n")).toEqual(both);
    expect(sites("include-system-site-packages = no\n")).toEqual([site]);
  });
});

describe("editable installs", () => {
  const site = "usr/local/lib/python3.12/site-packages";
  const info = `${site}/thing-1.dist-info`;
  const files = {
    "usr/local/bin/python3.12": "x",
    "usr/local/lib/python3.12/os.py": "x",
    [`${info}/METADATA`]: METADATA,
    [`${info}/direct_url.json`]: '{"dir_info": {"editable": true}, "url": "file:///src/my%20thing"}',
    [`${site}/__editable___thing_1_finder.py`]:
      "MAPPING: dict[str, str] = {'thing': '/src/my thing/lib', \"it's\": '/x', 'ns.part': '/src/my thing/part'}\nNAMESPACES: dict[str, list[str]] = {'ns': []}\n",
    [`${site}/distutils-precedence.pth`]: "import os; enabled = True\n",
    [`${site}/setuptools/_distutils/__init__.py`]: "x",
    "src/my thing/lib/__init__.py": "x",
    "src/my thing/part.py": "x",
    "src/my thing/.venv/lib/python3.12/site-packages/other.py": "x",
  };

  test("own their project, by finders too, and not the environment in it", () => {
    const tree = treeOf(files);
    const [environment] = readEnvironments(tree, undefined).environments;
    if (environment === undefined) throw new Error("expected an interpreter");
    const finder = new ModuleFinder(tree, { environment, builtin: new Set() });
    const ownerOf = ownership(environment);
    const found = (module: string) => {
      const at = finder.find(module);
      return at !== undefined && "path" in at ? [at.path, ownerOf(at.path)?.key] : at?.kind;
    };
    expect(found("thing")).toEqual(["src/my thing/lib/__init__.py", "thing"]);
    expect(found("ns")).toBe("namespace");
    expect(found("ns.part")).toEqual(["src/my thing/part.py", "thing"]);
    expect(found("thing.gone")).toBeUndefined();
    expect(ownerOf("src/my thing/.venv/lib/python3.12/site-packages/other.py")).toBeUndefined();
    expect(ownerOf("src/my thing else.py")).toBeUndefined();
  });

  test("do not hide that setuptools brings back distutils", () => {
    const tree = treeOf(files);
    const [environment] = readEnvironments(tree, undefined).environments;
    const finder = environment && new ModuleFinder(tree, { environment, builtin: new Set() });
    expect(finder?.find("distutils")).toMatchObject({
      kind: "package",
      path: `${site}/setuptools/_distutils/__init__.py`,
    });
  });
});

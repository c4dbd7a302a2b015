import { describe, expect, it } from "vitest";
import { importLines, readPython } from "../kit/read-python.ts";
import { withinTime } from "../kit/within-time.ts";

const IM = "from importlib import import_module\n";
const found = (source: string) =>
  readPython(source)
    .imports.filter(({ how }) => how !== "import" && how !== "from")
    .map(({ how, module, names }) => [how, module, ...names].join(" "));
const opens = (source: string) => readPython(source).open.map(({ what, line }) => `${what} ${line}`);

describe("dynamic imports", () => {
  it.each([
    ["import importlib\nm = importlib.import_module('a.b')", ["import_module a.b"]],
    ["import importlib as il\nreturn_(il.import_module(name='a'))", ["import_module a"]],
    [
      "from importlib import import_module as im\nx = [im('a'), {1: im('b')}][0] if im('c') else lambda: im('d')",
      ["import_module a", "import_module b", "import_module c", "import_module d"],
    ],
    ["m = __import__('a.b', fromlist=['c', 'd'])", ["__import__ a.b c d"]],
    ["__import__('pkg_resources').declare_namespace(__name__)", ["__import__ pkg_resources"]],
    ["import importlib.util\nif importlib.util.find_spec('a') is None: pass", ["find_spec a"]],
    ["from importlib import metadata as md\nv = md.version('scikit-learn')", ["metadata scikit-learn"]],
    ["import importlib_metadata\nimportlib_metadata.version('a')", ["metadata a"]],
    ["import pkg_resources as p\np.require('a-b>=1')", ["metadata a-b"]],
    ["from importlib.resources import files\nfiles('a.data')", ["resources a.data"]],
    ["import pytest\nnp = pytest.importorskip('numpy')", ["importorskip numpy"]],
    ["import pkgutil\npkgutil.resolve_name('a.b:c.d')", ["import_module a.b c"]],
    ["import runpy\nrunpy.run_module('a', run_name='__main__')", ["run_module a"]],
    ["import importlib\nload = importlib.import_module\nagain = load\nagain('a')", ["import_module a"]],
    ["from importlib import *\nimport_module('a')", ["import_module a"]],
    [
      `${IM}import_module('.x', package='a.b')\nimport_module('..x', 'a.b')\nimport_module('.y', __package__)`,
      ["import_module a.b.x", "import_module a.x", "import_module .y"],
    ],
    [`${IM}list(map(import_module, ('a', 'b')))`, ["import_module a", "import_module b"]],
  ])("%s", (source, expected) => {
    expect(found(source)).toEqual(expected);
    expect(opens(source)).toEqual([]);
  });

  it.each([
    ["constants", "P = 'a'\nimport_module(P + '.b')", ["a.b"]],
    ["f-strings", "P = 'a'\nQ = f'{P}.b'\nimport_module(f'{Q}.c')", ["a.b.c"]],
    ["formats", "P = 'a'\nimport_module('%s.b' % P)\nimport_module('{}.c'.format(P))", ["a.b", "a.c"]],
    ["lists", "N = ['a', 'b']\nfor n in N:\n  import_module('p.' + n)", ["p.a", "p.b"]],
    [
      "what is added to them",
      "N = ['a']\nN.append('b')\nN += ['c']\nfor n in N: import_module(n)",
      ["a", "b", "c"],
    ],
    ["tables", "T = {'k': 'a', 'l': 'b'}\nfor k, v in T.items(): import_module(v)", ["a", "b"]],
    ["one key of a table", "T = {'k': 'a', 'l': 'b'}\nimport_module(T['l'])", ["b"]],
    ["pairs", "for m, (n, o) in [('a', ('b', 'c'))]: import_module(m); import_module(o)", ["a", "c"]],
    ["comprehensions", "N = ('a', 'b')\n{n: import_module(n) for n in N if n}", ["a", "b"]],
    ["choices", "import_module('a' if x else 'b')\nimport_module(('c') or 'd')", ["a", "b", "c", "d"]],
    ["local names before those of the module", "n = 'a'\ndef f():\n  n = 'b'\n  import_module(n)", ["b"]],
    ["escapes and joined literals", "import_module('\\x61' 'b' r'c')", ["abc"]],
    ["walrus", "if (n := 'a'): import_module(n)", ["a"]],
  ])("folds %s", (_, source, expected) => {
    expect(
      readPython(IM + source)
        .imports.slice(1)
        .map(({ module }) => module),
    ).toEqual(expected);
    expect(opens(IM + source)).toEqual([]);
  });

  it("leaves open what is not constant, and keeps what is known of it", () => {
    expect(opens(`${IM}import_module(name)\nimport_module(f'a.{x}')\nf(import_module)`)).toEqual([
      "import 2",
      "import 3",
      "import 4",
    ]);
    const wrapped = `${IM}def want(n): return import_module(n)\nwant('a')\nwant(n='b')`;
    expect(found(wrapped)).toEqual(["import_module a", "import_module b"]);
    expect(opens(wrapped)).toEqual(["import 2"]);
    expect(opens(`${IM}n = 'a'\nn = f()\nimport_module(n)`)).toEqual(["import 4"]);
    expect(opens("import runpy\nrunpy.run_path('x.py')")).toEqual(["import 2"]);
  });

  it("does not take other functions of the same name", () => {
    expect(
      found(
        "class A:\n  def import_module(self, x): pass\nself.import_module('a')\nq.version('b')\nversion('c')",
      ),
    ).toEqual([]);
    expect(found("from .importlib import import_module\nimport_module('a')")).toEqual([]);
  });

  it("gives them their contexts", () => {
    expect(importLines("def f():\n  try: __import__('a')\n  except ImportError: __import__('b')\n")).toEqual([
      "__import__ a [deferred; optional]",
      "__import__ b [deferred; alternative]",
    ]);
  });

  it("names groups of entry points", () => {
    const source =
      "from importlib.metadata import entry_points as eps\nimport pkg_resources\neps(group='a')\neps().select(group='b')\neps()['c']\neps().get('d', ())\npkg_resources.iter_entry_points('e')\n";
    expect(readPython(source).entryPointGroups).toEqual(
      ["a", "b", "c", "d", "e"].map((group, index) => ({ group, line: index + 3 })),
    );
    expect(opens(source)).toEqual([]);
    expect(opens("from importlib.metadata import entry_points\nlist(entry_points())")).toEqual(["import 2"]);
  });
});

describe("libraries", () => {
  it.each([
    ["import ctypes\nctypes.CDLL('libc.so.6')", ["path libc.so.6"]],
    ["from ctypes import cdll\ncdll.LoadLibrary('/usr/lib/libx.so')", ["path libx.so"]],
    ["from ctypes import *\nPyDLL('liby.so.1')", ["path liby.so.1"]],
    ["import ctypes.util as u\nu.find_library('sndfile')", ["find_library sndfile"]],
    [
      "from ctypes import CDLL\nfrom ctypes.util import find_library\nCDLL(find_library('m'))",
      ["find_library m"],
    ],
    [
      "import os, ctypes\nctypes.CDLL(os.path.join(os.path.dirname(__file__), 'lib', 'libz.so.1'))",
      ["path libz.so.1"],
    ],
    [
      "import ctypes\nfrom pathlib import Path\nctypes.CDLL(str(Path(__file__).parent / 'libq.so'))",
      ["path libq.so"],
    ],
    ["from cffi import FFI\nself.ffi = FFI()\nself.ffi.dlopen('libw.so.2')", ["path libw.so.2"]],
    ["import numpy as np\nnp.ctypeslib.load_library('libn', here)", ["path libn"]],
    ["import torch\ntorch.ops.load_library('build/libt.so')", ["path libt.so"]],
    [
      "import ctypes\nfor n in ['a.so', 'b.so']:\n  try: ctypes.CDLL(n)\n  except OSError: pass",
      ["path a.so", "path b.so"],
    ],
    ["import ctypes\nctypes.CDLL(None)", []],
  ])("%s", (source, expected) => {
    expect(readPython(source).libraries.map(({ how, name }) => `${how} ${name}`)).toEqual(expected);
    expect(opens(source)).toEqual([]);
  });

  it("leaves open what no literal names", () => {
    expect(opens("import ctypes\nctypes.CDLL(path)")).toEqual(["library 2"]);
  });

  it("ends where the parser makes up a name that has no text", () => {
    let found: readonly string[] = [];
    withinTime(10_000, () => {
      found = opens("import ctypes\nctypes.CDLL(s.join(d,,))\n,");
    });
    expect(found).toEqual(["library 2"]);
  });
});

describe("programs", () => {
  it.each([
    ["import subprocess as s\ns.run(['ffmpeg', '-i', x], check=True)", ["ffmpeg"]],
    ["from subprocess import *\nPopen('ls -l | grep x && echo y', shell=True)", ["ls", "grep"]],
    ["import os\nos.system(f'nvidia-smi -i {n}')", ["nvidia-smi"]],
    ["import os\nos.system('a %s' % x); os.popen('b {}'.format(x)); os.popen('c ' + x)", ["a", "b", "c"]],
    ["import os\nos.execvp('x', ['git', 'log']); os.execlp('sh', 'sh')", ["git", "sh"]],
    ["import shutil\nshutil.which('gcc') or shutil.which('cc')", ["gcc", "cc"]],
    ["import asyncio\nasync def f(): await asyncio.create_subprocess_exec('sox', '-d')", ["sox"]],
    ["import subprocess\ncmd = ['espeak']\ncmd.append(text)\nsubprocess.call(cmd)", ["espeak"]],
    ["import subprocess\nsubprocess.run(['sudo', '-u', 'x', 'apt-get', 'update'])", ["sudo", "apt-get"]],
  ])("%s", (source, expected) => {
    expect(readPython(source).programs.map(({ name }) => name)).toEqual(expected);
  });

  it("takes the interpreter's own -m for an import", () => {
    expect(
      found(
        "import sys, subprocess\nargs = [sys.executable, '-m', 'pip', 'install', x]\nsubprocess.check_call(args)",
      ),
    ).toEqual(["run_module pip"]);
  });

  it("leaves open what no literal names", () => {
    expect(opens("import subprocess\nsubprocess.run(cmd)\nsubprocess.run([exe, '-v'])")).toEqual([
      "program 2",
      "program 3",
    ]);
  });
});

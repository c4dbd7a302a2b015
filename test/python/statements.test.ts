import { describe, expect, it } from "vitest";
import { importLines, readPython } from "../kit/read-python.ts";

const PY311 = { interpreter: { major: 3, minor: 11 } };

describe("import statements", () => {
  it("reads all forms, relative ones with their dots", () => {
    expect(
      importLines(
        "import a, b.c as d\nfrom x import (\n  y, # why\n  z as w,\n)\nfrom . import q\nfrom ... up import r\nfrom .m import *\nfrom __future__ import annotations\n",
      ),
    ).toEqual([
      "import a",
      "import b.c",
      "from x y,z",
      "from . q",
      "from ...up r",
      "from .m *",
      "from __future__ annotations",
    ]);
  });

  it("finds them after semicolons, over continued lines, after form feeds, with tabs, without a last newline", () => {
    expect(
      importLines(
        "x = 1; import a; import b\nfrom \\\n  c \\\n  import d\n\f\nimport e\nif x:\n\timport f\n        import g\nimport h",
      ),
    ).toEqual(["import a", "import b", "from c d", "import e", "import f", "import g", "import h"]);
  });

  it("sees none in strings, comments and names", () => {
    expect(
      importLines(
        '"""\nimport a\n"""\n# import b\nx = "import c"\nimport_d = important = 1\ns = f"{x} import e"\n',
      ),
    ).toEqual([]);
  });

  it("goes into every kind of block", () => {
    const source = [
      "class A:\n  import a\n  @dec\n  async def f(self):\n    async with x:\n      import b",
      "match q:\n  case [1, *_] if q:\n    import c",
      "while (n := f()):\n  import d\nelse:\n  import e",
      "for i in j: import f",
      "try:\n  pass\nfinally:\n  import g",
    ].join("\n");
    expect(importLines(source)).toEqual([
      "import a",
      "import b [deferred]",
      "import c",
      "import d",
      "import e",
      "import f",
      "import g",
    ]);
  });

  it("says the line of the statement", () => {
    expect(
      readPython('"""\n\n"""\n# c\n\nimport a\nfrom x import (\n b)\n').imports.map(({ line }) => line),
    ).toEqual([6, 7]);
  });

  it("reads what Python 2 wrote", () => {
    expect(
      importLines("print 'x'\nexec 'y'\ntry:\n  import cPickle\nexcept ImportError, e:\n  import pickle\n"),
    ).toEqual(["import cPickle [optional]", "import pickle [alternative]"]);
  });

  it("keeps what can be read around errors, and says their lines", () => {
    const { imports, errors } = readPython("import a\ndef f(:\n  x = = 1\nimport b\nclass ]:\nimport c\n");
    expect(imports.map(({ module }) => module)).toEqual(["a", "b", "c"]);
    expect(errors.length).toBeGreaterThan(0);
    expect(errors.every((line) => line >= 2 && line <= 5)).toBe(true);
    expect(readPython("import a\n").errors).toEqual([]);
  });
});

describe("contexts", () => {
  it("knows TYPE_CHECKING by all its names, and that its else runs", () => {
    const source = (test: string, head = "") => `${head}\nif ${test}:\n  import a\nelse:\n  import b\n`;
    for (const [test, head] of [
      ["TYPE_CHECKING", "from typing import TYPE_CHECKING"],
      ["TC", "from typing_extensions import TYPE_CHECKING as TC"],
      ["t.TYPE_CHECKING", "import typing as t"],
      ["TYPE_CHECKING", "TYPE_CHECKING = False"],
      ["TYPE_CHECKING and x", "from typing import TYPE_CHECKING"],
    ] as const)
      expect(importLines(source(test, head)).slice(-2)).toEqual(["import a [typing]", "import b"]);
    expect(importLines(source("not TYPE_CHECKING", "from typing import TYPE_CHECKING")).slice(-2)).toEqual([
      "import a",
      "import b [typing]",
    ]);
    expect(importLines(source("TYPED", "TYPED = f()")).slice(-2)).toEqual(["import a", "import b"]);
  });

  it("takes ImportError and wider for optional, in tuples and bare", () => {
    for (const handler of [
      "except ImportError",
      "except (KeyError, m.ModuleNotFoundError) as e",
      "except Exception",
      "except",
    ])
      expect(
        importLines(`try:\n  import a\n${handler}:\n  import b\nelse:\n  import c\nfinally:\n  import d\n`),
      ).toEqual(["import a [optional]", "import b [alternative]", "import c [alternative]", "import d"]);
    expect(importLines("try:\n  import a\nexcept KeyError:\n  import b\n")).toEqual(["import a", "import b"]);
  });

  it("does not take for optional what a handler only reports", () => {
    expect(importLines("try:\n  import a\nexcept ImportError:\n  raise RuntimeError('install a')\n")).toEqual(
      ["import a"],
    );
    expect(importLines("import sys\ntry:\n  import a\nexcept ImportError:\n  sys.exit(1)\n")[1]).toBe(
      "import a",
    );
  });

  it("ends a guard at a function, and takes suppress for one", () => {
    expect(importLines("try:\n  def f():\n    import a\nexcept ImportError: pass\n")).toEqual([
      "import a [deferred]",
    ]);
    expect(
      importLines(
        "from contextlib import suppress as s\nwith open(x) as f, s(ImportError):\n  import a\n",
      )[1],
    ).toBe("import a [optional]");
  });

  it("keeps tests on the interpreter as text, and decides them for one", () => {
    const source =
      "import sys, os\nif sys.version_info >= (3, 12):\n  import a\nelif os.name == 'nt':\n  import b\nelse:\n  import c\n";
    expect(importLines(source).slice(2)).toEqual([
      "import a [if sys.version_info >= (3, 12)]",
      "import b [if not (sys.version_info >= (3, 12)) and os.name == 'nt']",
      "import c [if not (sys.version_info >= (3, 12)) and not (os.name == 'nt')]",
    ]);
    expect(
      importLines(source, PY311)
        .slice(2)
        .map((line) => /; (\w+)\]$/.exec(line)?.[1]),
    ).toEqual(["never", "never", "holds"]);
  });

  it.each([
    ["sys.version_info[0] == 2", false],
    ["sys.version_info[:2] < (3, 11)", false],
    ["sys.version_info[:2] <= (3, 11)", true],
    ["sys.version_info > (3, 11)", true],
    ["sys.version_info >= (3, 11, 4)", undefined],
    ["sys.version_info == (3, 11)", false],
    ["(3, 8) <= sys.version_info < (3, 12)", true],
    ["sys.version_info.major >= 3", true],
    ["sys.platform == 'win32'", false],
    ["sys.platform.startswith(('linux', 'darwin'))", true],
    ["sys.platform in ('linux', 'linux2')", true],
    ["'win' in sys.platform", false],
    ["platform.system() != 'Windows'", true],
    ["os.name == 'posix' and not sys.platform == 'darwin'", true],
    ["os.name == 'nt' or x", undefined],
    ["os.name == 'nt' and x", false],
    ["six.PY2", false],
    ["PY3", true],
    ["sys.maxsize > 2**32", undefined],
    ["False", false],
  ])("decides %s", (test, holds) => {
    const head = "import sys, os, platform, six\nPY3 = sys.version_info[0] >= 3\n";
    const context = readPython(`${head}if ${test}:\n  import a\n`, PY311).imports.at(-1)?.context;
    expect(context?.condition).toBe(test);
    expect(context?.holds).toBe(holds);
  });

  it("has no condition for tests on anything else", () => {
    expect(importLines("if DEBUG:\n  import a\n", PY311)).toEqual(["import a"]);
  });
});

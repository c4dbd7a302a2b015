import { describe, expect, test } from "vitest";
import { hasFailure } from "../../../src/core/policy/audit/audit-document.ts";
import type { ImageAudit } from "../../../src/core/policy/audit/image-audit.ts";
import { audit, missing, SERVICE } from "./service.ts";

describe("what an import fails for", () => {
  test.each<[string, string, readonly string[]]>([
    ["from p import zzz", "", ["import-name /app/app.py:1"]],
    ["from p import zzz", "def __getattr__(name): return 1\n", []],
    ["from p import zzz", "from os import *\n", []],
    ["from p import zzz", "globals()['z' + 'zz'] = 1\n", []],
    ["from p import zzz", "if X:\n    zzz = 1\n", []],
    ["from p import zzz", "other = 1\n", ["import-name /app/app.py:1"]],
    ["from p import sub", "", []],
    ["from p import __file__", "", []],
    ["from p import *", "", []],
    ["try:\n    from p import zzz\nexcept ImportError:\n    pass", "", []],
    ["import p", "from .. import json\n", ["relative-import /app/p/__init__.py:1"]],
    ["import p", "from . import sub\n", []],
    ["from . import p", "", ["relative-import /app/app.py:1"]],
    ["from .p import sub", "", ["relative-import /app/app.py:1"]],
    ["__import__('p')\n__package__ = 'p'\nfrom . import sub", "", []],
    ["try:\n    from . import p\nexcept ImportError:\n    import p", "", []],
  ])(
    "is a name that a module surely does not have, and a package around it: %s, %s",
    (text, init, expected) => {
      const files = { "app/app.py": `${text}\n`, "app/p/__init__.py": init, "app/p/sub.py": "" };
      const found = audit({ ...SERVICE, files });
      expect(found.mismatches.map(({ rule, subject }) => `${rule} ${subject}`)).toEqual(expected);
      expect(missing(found)).toEqual([]);
      expect(hasFailure(found)).toBe(expected.length > 0);
    },
  );

  test("is a package around a module that is run by its name, where there is none", () => {
    const config = { Entrypoint: ["python", "-m", "srv"] };
    const files = { "app/srv.py": "from . import beside\n", "app/beside.py": "" };
    expect(audit({ ...SERVICE, config, files }).mismatches.map(({ rule }) => rule)).toEqual([
      "relative-import",
    ]);
  });

  test.each<[string, readonly string[]]>([
    ["import gone\nexcept ImportError:\n  import gone2", ["module gone2"]],
    ["import gone\nexcept ModuleNotFoundError:\n  from gone2 import x", ["module gone2"]],
    ["import beside\nexcept ImportError:\n  import gone2", []],
    ["from beside import x\nexcept ImportError:\n  import gone2", []],
    ["import gone\nexcept ImportError:\n  if X:\n    import gone2", []],
    [
      "import gone\nexcept ImportError:\n  try:\n    import gone2\n  except ImportError:\n    import gone3",
      ["module gone3"],
    ],
    [
      "import gone\nexcept ImportError:\n  try:\n    import beside\n  except ImportError:\n    import gone3",
      [],
    ],
    ["if X:\n    import gone\nexcept ImportError:\n  import gone2", []],
    ["import gone\nexcept ValueError:\n  import gone2\nexcept ImportError:\n  pass", []],
    ["import beside\nexcept ImportError:\n  pass\nelse:\n  import gone", ["module gone"]],
    ["import gone\nexcept ImportError:\n  pass\nelse:\n  import gone2", []],
    ["import broken\nexcept ImportError:\n  pass\nelse:\n  import gone2", []],
    ["from beside import x\nexcept ImportError:\n  pass\nelse:\n  import gone2", []],
    ["import beside\n  beside.check()\nexcept ImportError:\n  pass\nelse:\n  import gone2", []],
    ["import fast\nexcept ImportError:\n  pass\nelse:\n  import gone2", []],
  ])("is what stands in for what is not there, and what comes with what is: try: %s", (text, expected) => {
    const files = {
      "app/app.py": `try:\n  ${text}\n`,
      "app/beside.py": "import os\n",
      "app/broken.py": "import gone9\n",
    };
    expect(missing(audit({ ...SERVICE, files }))).toEqual(expected);
  });

  test("is an extension that is there for another Python, with its file", () => {
    const so = "_x.cpython-310-x86_64-linux-gnu.so";
    const made = (init: string, main: string, name = so): ImageAudit =>
      audit({
        ...SERVICE,
        files: {
          "app/app.py": `${main}\n`,
          "app/p/__init__.py": init,
          [`app/p/${name}`]: "x",
          [`app/${name}`]: "x",
        },
      });
    const told = ({ mismatches }: ImageAudit) => mismatches.map(({ rule, message }) => `${rule} ${message}`);
    expect(told(made("from . import _x\n", "import p"))).toEqual([
      expect.stringMatching(/^import-name .*for another Python: \/app\/p\/_x\.cpython-310-/),
    ]);
    expect(told(made("", "from p import _x"))).toEqual([expect.stringContaining(`/app/p/${so}`)]);
    expect(told(made("from . import _x\n", "import p", so.replace("310", "311")))).toEqual([]);
    const top = made("", "import _x").missing.find(({ level }) => level === "required");
    expect(top).toMatchObject({ name: "_x", tried: [`/app/${so}: it is for another Python`] });
  });

  test.each([
    ["print 'x'", ["source-error"]],
    ["if 1: print x", ["source-error"]],
    ["exec 'x'", ["source-error"]],
    ["print ('x')", []],
    ["print\n'x'", []],
    ['x = """\nprint \'x\'\n"""', []],
  ])("is Python 2, which the source is: %j", (text, expected) => {
    const found = audit({ ...SERVICE, files: { "app/app.py": `import os\n${text}\n` } });
    expect(found.mismatches.map(({ rule }) => rule)).toEqual(expected);
  });
});

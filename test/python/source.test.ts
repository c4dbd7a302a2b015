import { describe, expect, it } from "vitest";
import { condensed } from "../../src/core/audit/python/imports/condense.ts";
import { decodeSource } from "../../src/core/audit/python/imports/decode-source.ts";
import { notebookCode } from "../../src/core/audit/python/notebook.ts";
import { grammar, importLines, readPython } from "../kit/read-python.ts";

const bytes = (...parts: (string | number[])[]) =>
  Uint8Array.from(
    parts.flatMap((part) => (typeof part === "string" ? [...Buffer.from(part, "latin1")] : part)),
  );

describe("encodings (PEP 263)", () => {
  it("takes a byte order mark, cookies of both lines, and UTF-8 otherwise", () => {
    expect(decodeSource(bytes([0xef, 0xbb, 0xbf], "import a"))).toEqual({ text: "import a", errors: [] });
    expect(decodeSource(bytes("# -*- coding: latin-1 -*-\nx = '\xe9'")).text).toContain("é");
    expect(decodeSource(bytes("#!/x\n# vim: set fileencoding=cp1251 :\nx = '\xe9'")).text).toContain("й");
    expect(decodeSource(bytes("# coding: euc_jp\nx = '", [0xa4, 0xa2], "'")).text).toContain("あ");
    expect(decodeSource(bytes("x = 1\n# coding: latin-1\ny = '", [0xc3, 0xa9], "'")).text).toContain("é");
    expect(decodeSource(bytes("import a\r\nimport b\rimport c")).text).toBe("import a\nimport b\nimport c");
  });

  it("says where bytes are none of the encoding, and reads on", () => {
    const source = bytes("import a\nx = '", [0xff], "'\nimport b\n");
    expect(decodeSource(source).errors).toEqual([2]);
    expect(grammar.read(source).imports.map(({ module }) => module)).toEqual(["a", "b"]);
    expect(decodeSource(bytes("# coding: no-such\nimport a")).errors).toEqual([1]);
    expect(decodeSource(bytes("x = '", [0xef, 0xbf, 0xbd], "'")).errors).toEqual([]);
    expect(decodeSource(bytes("a\n\0")).errors).toEqual([2]);
  });

  it("counts tabs to the next eighth column", () => {
    expect(importLines("if x:\n        a\n  \timport b\nimport c")).toEqual(["import b", "import c"]);
  });
});

describe("condensing", () => {
  it("keeps lines, strings with a meaning, and code", () => {
    expect(condensed('"""a\nb"""\nx = """c""" # d\nf(\n"""e""")\n')).toBe(
      '"""\n"""\nx = """c""" \nf(\n"""e""")\n',
    );
    expect(condensed("x = '#' # '\n")).toBe("x = '#' \n");
    expect(condensed("r'\\' # '\n")).toBe("r'\\' # '\n");
  });

  it("leaves alone what looks unusual", () => {
    for (const source of ["x = '\n# a\n", "x = ) # a\n", "( # a\n", 'f"{x["#"]}" # a\n', '"""\n# a\n'])
      expect(condensed(source)).toBe(source);
  });
});

describe("notebooks", () => {
  const notebook = (...sources: (string | string[])[]) =>
    JSON.stringify({
      nbformat: 4,
      cells: [
        { cell_type: "markdown", source: "import no" },
        ...sources.map((source) => ({ cell_type: "code", source })),
      ],
    });

  it("gives the code of its cells, and where each begins", () => {
    const { text, cells } = notebookCode(notebook(["import a\n", "import b"], "x = 1\n\nimport c"));
    expect(grammar.readText(text).imports.map(({ module, line }) => [module, line])).toEqual([
      ["a", 1],
      ["b", 2],
      ["c", 5],
    ]);
    expect(cells).toEqual([
      { cell: 2, line: 1 },
      { cell: 3, line: 3 },
    ]);
  });

  it("leaves out IPython's own lines and cells in other languages", () => {
    const { text } = notebookCode(
      notebook(
        "%matplotlib inline\n!pip install q\nx = !ls\nfoo?\nif y:\n    %time z\nimport a",
        "%%bash\nimport no",
        "%%time\nimport b\nw = (1\n  % import_)",
      ),
    );
    const { imports, errors } = grammar.readText(text);
    expect(imports.map(({ module }) => module)).toEqual(["a", "b"]);
    expect(errors).toEqual([]);
  });

  it("reads the old format, and refuses what is none", () => {
    expect(
      notebookCode(JSON.stringify({ worksheets: [{ cells: [{ cell_type: "code", input: "import a" }] }] }))
        .text,
    ).toBe("import a");
    for (const text of ["", "{", "[]", "{}", "null", '{"cells": 1}'])
      expect(() => notebookCode(text)).toThrow(expect.objectContaining({ code: "PYTHON_NOTEBOOK" }));
  });
});

describe("hostile source", () => {
  it("refuses more than 4 MiB, by size alone", () => {
    expect(() => grammar.read(new Uint8Array(4 * 1024 * 1024 + 1))).toThrow(
      expect.objectContaining({ code: "PYTHON_SOURCE_LIMIT" }),
    );
    expect(grammar.read(new Uint8Array(0)).imports).toEqual([]);
  });

  it.each([
    ["brackets", `${"(".repeat(10_000)}${")".repeat(10_000)}\nimport a\n`],
    ["brackets that stay open", `import a\n${"[".repeat(10_000)}`],
    ["attributes", `import a\nimport os\nos${".x".repeat(10_000)}()\n`],
    ["calls", `import a\nf${"(x)".repeat(10_000)}\n`],
    [
      "operators",
      `import a\nfrom importlib import import_module\nx = ${"'a' + ".repeat(10_000)}'b'\nimport_module(x)\n`,
    ],
    [
      "blocks",
      `import a\n${Array.from({ length: 2000 }, (_, at) => `${" ".repeat(at)}if x:`).join("\n")}\n${" ".repeat(2000)}import b\n`,
    ],
    ["lambdas", `import a\nx = ${"lambda: ".repeat(10_000)}0\n`],
    ["not", `import a\nif ${"not ".repeat(10_000)}x:\n  import b\n`],
    ["elif", `import a\nif x: pass\n${"elif x: import b\n".repeat(2000)}`],
    ["f-strings", `import a\nx = ${'f"{'.repeat(5000)}`],
    [
      "imports in calls",
      `import a\nfrom importlib import import_module as f\n${"f(".repeat(5000)}'x'${")".repeat(5000)}\n`,
    ],
    [
      "names that lead in circles",
      `import a\nfrom importlib import import_module as f\nx = y\ny = x\nx = x + x\nf(x)\n`,
    ],
    [
      "tables that multiply",
      `import a\nfrom importlib import import_module as f\nT = ${JSON.stringify(Array.from({ length: 200 }, (_, at) => `n${at}`))}\n[f(p + q + r) for p in T for q in T for r in T]\n`,
    ],
  ])("survives nested %s", (_, source) => {
    expect(readPython(source).imports.some(({ module }) => module === "a")).toBe(true);
  });

  it.each([
    ["continued lines", `x\n${"\\\n".repeat(100_000)}`],
    ["comments that could not be taken out", `x = '\n${"#\n".repeat(100_000)}`],
    ["signs", "é;".repeat(1_000_000)],
    ["imports", "import a\n".repeat(20_002)],
    ["calls", `import os\n${"os.system(x)\n".repeat(20_002)}`],
  ])("refuses endless %s", (_, source) => {
    expect(() => readPython(source)).toThrow(expect.objectContaining({ code: "PYTHON_SOURCE_LIMIT" }));
    // It is as good as new.
    expect(importLines("import a")).toEqual(["import a"]);
  });

  it("says where it is nested deeper than it is read", () => {
    const { imports, errors } = readPython(`x\ny = ${"lambda: ".repeat(5000)}__import__('a')\nimport b\n`);
    expect(imports.map(({ module }) => module)).toEqual(["b"]);
    expect(errors).toEqual([2]);
  });

  it("stops where errors cost more than source does", () => {
    const source = "def (x = [\n".repeat(60_000);
    let code: unknown;
    try {
      readPython(source);
    } catch (error) {
      code = (error as { code?: unknown }).code; // as: anything may be thrown
    }
    expect([undefined, "PYTHON_SOURCE_LIMIT"]).toContain(code);
    expect(importLines("import a")).toEqual(["import a"]);
  });
});

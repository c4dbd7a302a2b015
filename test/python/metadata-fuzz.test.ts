import { describe, expect, test } from "vitest";
import type { FileTree, TreeFile } from "../../src/core/audit/image/file-tree.ts";
import { editableModules } from "../../src/core/audit/python/editable-modules.ts";
import { readEntryPoints, readVenvConfig } from "../../src/core/audit/python/ini-text.ts";
import { readMetadata } from "../../src/core/audit/python/metadata-text.ts";
import { readEnvironments } from "../../src/core/audit/python/read-environments.ts";
import { readRecord } from "../../src/core/audit/python/record-text.ts";
import { distributionMismatches } from "../../src/core/policy/audit/distribution-mismatches.ts";
import { requirementsOf } from "../../src/core/policy/audit/distribution-requirements.ts";
import { createRandom, type Random } from "../kit/seeded-random.ts";
import { withinTime } from "../kit/within-time.ts";

/** 3,000 of each take a second; LAPSTRAKE_FUZZ_RUNS asks for more, LAPSTRAKE_FUZZ_SEED for others. */
const RUNS = Number(process.env["LAPSTRAKE_FUZZ_RUNS"] ?? 3000);
const SEED = Number(process.env["LAPSTRAKE_FUZZ_SEED"] ?? 20261126);
const TIMEOUT = 24 * 3600_000;
/** So many end in seconds. */
const BATCH = 500;

const PIECES = [
  ..."\n\r\t\f\0,;:=[](){}<>\"'\\/#.-_@!~ ".split(""),
  "\r\n",
  "\u2028",
  "\uFEFF",
  "é",
  "💥",
  "..",
  "../",
  "a",
  "pkg/__init__.py",
  "pkg",
  "/x",
  "Name: a\n",
  "Version: 1\n",
  "Requires-Dist: b[c]>=1; extra == 'd'\n",
  "Import-Name: a.b ; private\n",
  "Tag: cp311-cp311-manylinux_2_17_x86_64\n",
  "License: ",
  " continued\n",
  "sha256=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
  ",,\n",
  ",sha256=,1\n",
  "999999999999999",
  '"a,""b"',
  "[console_scripts]\n",
  "a = b.c:d [e]\n",
  "[x:python_version > '3']\n",
  "import os\n",
  "home = /usr/bin\n",
  "include-system-site-packages = true\n",
  "MAPPING = {",
  "'a': '/x', ",
  '"b\\"": "/y"}\n',
  '{"url": "file:///x%zz", "dir_info": {"editable": true}}',
  '{"dir_info": null}',
  "null",
  "pkg-1.dist-info",
] as const;

/** Every other piece is one of the form's own. */
function textOf(random: Random, own: readonly string[] = PIECES): string {
  let text = "";
  for (let left = random(14); left > 0; left--) {
    const from = random(2) === 0 ? own : PIECES;
    text += from[random(from.length)] ?? "";
  }
  if (random(4) === 0 && text.length > 0) {
    const at = random(text.length);
    text = text.slice(0, at) + String.fromCharCode(random(300)) + text.slice(at + random(3));
  }
  return text;
}

/** The action says how much it found in a text: runs that find nothing would prove little. */
function each(name: string, own: readonly string[], action: (text: string, random: Random) => number): void {
  test(
    `${name} (${RUNS} times from ${SEED})`,
    () => {
      const random = createRandom(SEED);
      const began = performance.now();
      let found = 0;
      let text = "";
      for (let run = 0; run < RUNS; run += BATCH) {
        try {
          withinTime(60_000, () => {
            for (let at = run; at < Math.min(run + BATCH, RUNS); at++) {
              text = textOf(random, own);
              found += action(text, random);
            }
          });
        } catch (error) {
          throw new Error(`after run ${run}: ${JSON.stringify(text)}`, { cause: error });
        }
      }
      if (RUNS > 3000)
        console.log(`${name}: ${RUNS} from ${SEED}, ${Math.round((performance.now() - began) / 1000)} s`);
      expect(found).toBeGreaterThan(RUNS / 20);
    },
    TIMEOUT,
  );
}

function hold(fact: boolean, what: string): void {
  if (!fact) throw new Error(what);
}

const isPlain = (path: string): boolean =>
  path !== "" &&
  !path.includes("\0") &&
  path.split("/").every((part) => part !== "" && part !== "." && part !== "..");

describe("any text is read", () => {
  each(
    "RECORD",
    ["a", ",", "\n", '"', "sha256=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "1"],
    (text, random) => {
      const lines = text.split("\n").length;
      const { files, damaged } = readRecord(text, random(2) === 0 ? "" : "usr/lib");
      hold(
        files.every(({ path }) => isPlain(path)),
        "a path is not plain",
      );
      hold(
        files.every(({ sha256 }) => sha256 === undefined || /^[0-9a-f]{64}$/.test(sha256)),
        "a hash is none",
      );
      hold(
        damaged.every((line) => line >= 1 && line <= lines),
        "a line is outside",
      );
      // What a writer of CSV makes of it is read as what it was.
      const quoted = `"x${text.replaceAll('"', '""')}",,7\n`;
      const again = readRecord(quoted, "p").files;
      const isPath = !text.includes("\0") && !text.includes("/");
      hold(
        !isPath || (again.length === 1 && again[0]?.path === `p/x${text}` && again[0].size === 7),
        "a cell is another",
      );
      return files.length;
    },
  );

  each("METADATA", ["Name: a\n", "X", ": ", " y", "\n"], (text) => {
    const fields = readMetadata(text);
    hold(
      [...fields].every(([name, values]) => name === name.toLowerCase() && values.length > 0),
      "a name or its values",
    );
    return fields.size;
  });

  each("entry_points.txt", ["[g]\n", "a", "=", "b.c:d", " [e, f]", "\n", "#"], (text) => {
    const found = readEntryPoints(text);
    hold(
      found.every(({ group, name, value }) => group !== "" && name !== "" && !value.includes("\n")),
      "an entry",
    );
    return found.length;
  });

  each("pyvenv.cfg", ["home", "=", "/usr/bin", "\n"], (text) => {
    const keys = [...readVenvConfig(text).keys()];
    hold(
      keys.every((key) => key === key.toLowerCase() && key.trim() === key),
      "a key",
    );
    return keys.length;
  });

  each("finders of editable installs", ["'b': '/x/y', ", '"c\\"": "../z", ', "'", "\\", "}"], (text) => {
    const found = editableModules([text, `MAPPING = {'a': '/y', ${text}`]);
    hold(
      [...found].every(([name, path]) => name !== "" && isPlain(path)),
      "a path is not plain",
    );
    return found.get("a") === "y" ? found.size - 1 : found.size;
  });

  each("environments, .pth files and all that distributions say", PIECES, (_, random) => {
    const tree = environmentTree(() => textOf(random), random);
    const { environments } = readEnvironments(tree, undefined);
    hold(environments.length === 2, "an environment");
    let found = 0;
    for (const environment of environments) {
      hold(environment.path.every(isPlain), "a folder is not plain");
      for (const { files, project, key } of [...environment.distributions, ...environment.vendored]) {
        hold(
          files.every(({ path }) => isPlain(path)),
          "a file is not plain",
        );
        hold(project === undefined || project === "" || isPlain(project), "a project is not plain");
        hold(key === key.toLowerCase(), "a key");
      }
      const target = { machine: "x86_64", libc: undefined, asked: new Map() };
      found += requirementsOf(environment, target).length;
      found += distributionMismatches(tree, environment, target).length;
    }
    return found;
  });
});

/** An interpreter and a venv of it with two distributions; whatever they say is chance. */
function environmentTree(text: () => string, random: Random): FileTree {
  const site = "v/lib/python3.11/site-packages";
  const files = new Map<string, TreeFile>();
  const put = (path: string, content: string): void => {
    for (let at = path.indexOf("/"); at > 0; at = path.indexOf("/", at + 1))
      files.set(path.slice(0, at), { ...ABOUT, type: "directory" });
    files.set(path, { ...ABOUT, type: "file", size: content.length, content: Buffer.from(content) });
  };
  put("b/bin/python3.11", "x");
  put("b/lib/python3.11/os.py", "x");
  put("v/pyvenv.cfg", text());
  put(`${site}/pkg/__init__.py`, "x");
  put(`${site}/x.pth`, text());
  put(`${site}/__editable___x_finder.py`, `MAPPING = {${text()}`);
  for (const info of [
    `${site}/pkg-1.dist-info`,
    `${site}/egg.egg-info`,
    `${site}/pkg/_vendor/in.dist-info`,
  ]) {
    const head = random(3) === 0 ? "" : "Name: pkg\nVersion: 1\n";
    put(`${info}/${info.endsWith("egg-info") ? "PKG-INFO" : "METADATA"}`, head + text());
    for (const name of NAMES) if (random(2) === 0) put(`${info}/${name}`, text());
  }
  const at = (path: string) => files.get(path);
  const link = "v/bin/python";
  return {
    at,
    resolve: (path) => {
      const real = path === link ? "b/bin/python3.11" : path;
      const file = at(real);
      return file && { path: real, file };
    },
    walk: () => files,
  };
}

const ABOUT = { layer: 0, mode: 0o644, uid: 0, gid: 0, size: 0 } as const;
const NAMES =
  "RECORD WHEEL INSTALLER top_level.txt entry_points.txt requires.txt SOURCES.txt installed-files.txt direct_url.json".split(
    " ",
  );

describe("a text of 64 KiB is read in its length", () => {
  const SIZE = 1 << 16;
  const known = "Name: a\nVersion: 1\n";
  const readers: readonly (readonly [
    name: string,
    heads: readonly string[],
    reader: (text: string) => unknown,
  ])[] = [
    ["RECORD", ["", '"'], (text) => readRecord(text, "p")],
    ["METADATA", ["", "Name: a\nX: "], readMetadata],
    ["entry_points.txt", ["", "[g]\na = "], readEntryPoints],
    ["pyvenv.cfg", ["", "home = "], readVenvConfig],
    ["finders", ["MAPPING", "MAPPING: ", "MAPPING = {"], (text) => editableModules([text])],
    [
      "what distributions say",
      [
        ...["", "Requires-Dist: a", "Requires-Dist: a;", "Import-Name: "].map((field) => known + field),
        "[",
        '{"dir_info": {"editable": true}, "url": "file:///',
      ],
      (text) => {
        const tree = environmentTree(
          () => text,
          () => 0,
        );
        const target = { machine: "x86_64", asked: new Map() };
        return readEnvironments(tree, undefined).environments.map((each) => requirementsOf(each, target));
      },
    ],
  ];
  const bodies = [
    "[",
    '"',
    "'",
    "\\'",
    "\\",
    " ",
    "\n",
    "\r",
    "a",
    ",",
    "=",
    ":",
    "{",
    "}",
    "(",
    "/",
    "../",
    "'a': ",
    "[\u2028",
    "\n ",
  ];

  test.each(readers)(
    "%s",
    (_, heads, reader) => {
      const slow: unknown[] = [];
      for (const head of heads)
        for (const body of bodies)
          for (const tail of ["\u2028x", "x"]) {
            const text = head + body.repeat(SIZE / body.length) + tail;
            const began = performance.now();
            reader(text);
            const took = performance.now() - began;
            // Some milliseconds each; what grows with the square takes seconds.
            if (took > 1_500) slow.push({ head, body, tail, took });
          }
      expect(slow).toEqual([]);
    },
    300_000,
  );
});

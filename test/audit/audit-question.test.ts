import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { AuditError } from "../../src/core/audit/error.ts";
import {
  importsQuestion,
  LINKS_QUESTION,
  type SourceReader,
} from "../../src/core/audit/image/audit-question.ts";
import { isKept } from "../../src/core/audit/image/kept-files.ts";
import { LayerCollector } from "../../src/core/audit/image/layer-collector.ts";
import { EMPTY_SOURCE } from "../../src/core/audit/python/python-source.ts";
import { digestOf } from "../../src/core/base/digest.ts";
import { hardLinkItem, type TarItem, tarOf } from "../kit/tar-writer.ts";
import { layerOf } from "./layers.ts";

const PROGRAM = readFileSync("/bin/true");
const texts: string[] = [];
const SOURCES: SourceReader = {
  id: "test",
  read(content, interpreter) {
    const text = new TextDecoder().decode(content);
    if (text.includes("refuse")) throw new AuditError("PYTHON_SOURCE_LIMIT", "too deep");
    texts.push(`${interpreter?.minor ?? "-"} ${text}`);
    return EMPTY_SOURCE;
  },
};

describe("the question of links", () => {
  it("keeps databases, reads programs by what they are, and the first line of scripts", () => {
    const facts = layerOf(
      [
        { path: "var/lib/dpkg/status", content: "Package: a\n" },
        { path: "var/lib/dpkg/info/a.list", content: "" },
        { path: "any.name", content: PROGRAM },
        { path: "lib/broken.so", content: "\x7fELF" },
        { path: "bin/run", content: "#! /usr/bin/env  python3 -u \nimport os\n" },
        { path: "bin/long", content: `#!${"x".repeat(400)}` },
        { path: "bin/short", content: "#!" },
        { path: "one", content: "#" },
        { path: "empty", content: "" },
        { path: "text", content: "text" },
      ],
      LINKS_QUESTION,
    );
    expect([...facts.kept.keys()]).toEqual(["var/lib/dpkg/status", "var/lib/dpkg/info/a.list"]);
    expect(facts.notes.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      "elf any.name",
      "unread lib/broken.so",
      "script bin/run",
      "script bin/long",
    ]);
    expect(facts.notes.find(({ path }) => path === "bin/run")).toMatchObject({
      interpreter: "/usr/bin/env  python3 -u",
    });
    expect(facts.notes.find(({ path }) => path === "bin/long")).toMatchObject({
      interpreter: "x".repeat(254),
    });
  });

  it.each([1, 3, 511, 100_000])("reads the same in pieces of %i", (size) => {
    const bytes = tarOf([
      { path: "p", content: PROGRAM },
      { path: "s", content: "#!/bin/sh\n" },
    ]);
    const collector = new LayerCollector([LINKS_QUESTION]);
    for (let at = 0; at < bytes.length; at += size) collector.write(bytes.subarray(at, at + size));
    const { notes } = collector.finish(digestOf(bytes)).answers[0]!;
    expect(notes).toMatchObject([
      { kind: "elf", path: "p", elf: { machine: expect.any(Number) } },
      { interpreter: "/bin/sh" },
    ]);
  });

  it("knows of two files of one name the later one", () => {
    const link: TarItem = hardLinkItem("b", "a");
    const facts = layerOf(
      [
        { path: "a", content: PROGRAM },
        { path: "a", content: "text" },
        { path: "b", content: PROGRAM },
        link,
        { path: "etc/passwd", content: "x" },
        { path: "etc/passwd", flag: "2", target: "y" },
      ],
      LINKS_QUESTION,
    );
    expect([facts.notes, [...facts.kept]]).toEqual([[], []]);
  });

  it("tells of a database that is too large, and of a sparse file", () => {
    const collector = new LayerCollector([LINKS_QUESTION]);
    const about = { type: "file", mode: 0, uid: 0, gid: 0, target: "", capabilities: false } as const;
    expect(
      collector.take({ ...about, path: "var/lib/dpkg/status", size: 1e9, sparse: false }),
    ).toBeUndefined();
    expect(collector.take({ ...about, path: "lib/x.so", size: 1e9, sparse: true })).toBeUndefined();
    const { notes } = collector.finish(digestOf("")).answers[0]!;
    expect(notes.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      "unread var/lib/dpkg/status",
      "unread lib/x.so",
    ]);
  });
});

describe("the question of imports", () => {
  it("reads sources, and programs of any name that Python runs", () => {
    texts.length = 0;
    const distlib = "#!/bin/sh\n'''exec' \"/long path/python3\" \"$0\" \"$@\"\n' '''\n";
    const { notes, kept } = layerOf(
      [
        { path: "usr/lib/python3.11/a.py", content: "a" },
        { path: "app/b.py", content: "b" },
        { path: "app/refused.py", content: "refuse" },
        { path: "bin/tool", content: "#!/usr/bin/python3\nc" },
        { path: "bin/long", content: distlib },
        { path: "bin/sh", content: "#!/bin/sh\nd" },
        { path: "bin/hash", content: "#python" },
        { path: "bin/elf", content: PROGRAM },
        { path: "empty.py", content: "" },
      ],
      importsQuestion(SOURCES),
    );
    expect(texts).toEqual(["11 a", "- b", "- #!/usr/bin/python3\nc", `- ${distlib}`]);
    expect(notes.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      "python usr/lib/python3.11/a.py",
      "python app/b.py",
      "unread app/refused.py",
      "python bin/tool",
      "python bin/long",
    ]);
    expect(kept.size).toBe(0);
    const asked = importsQuestion(SOURCES).reads("big.py", 5 * 1024 * 1024);
    expect(asked).toMatchObject({ unread: expect.stringContaining("5242880") });
  });

  it("is another one than that of links, and than that of another grammar", () => {
    const ids = [LINKS_QUESTION, importsQuestion(SOURCES), importsQuestion({ ...SOURCES, id: "b" })].map(
      ({ id }) => id,
    );
    expect(new Set(ids).size).toBe(3);
  });
});

it.each([
  ["var/lib/dpkg/status.d/base", true],
  ["var/lib/dpkg/info/libc6:amd64.md5sums", true],
  ["var/lib/dpkg/info/libc6:amd64.postinst", false],
  ["var/lib/dpkg/alternatives/awk", true],
  ["var/lib/apt/extended_states", true],
  ["var/lib/apt/lists/x", false],
  ["etc/ld.so.conf.d/a.conf", true],
  ["etc/ld-musl-x86_64.path", true],
  ["usr/lib/os-release", true],
  ["etc/shadow", false],
  ["opt/venv/pyvenv.cfg", true],
  ["opt/venv/lib/python3.11/site-packages/torch-2.4.0.dist-info/RECORD", true],
  ["opt/venv/lib/python3.11/site-packages/torch-2.4.0.dist-info/LICENSE", false],
  ["usr/lib/python3/dist-packages/x.egg-info", true],
  ["usr/lib/python3/dist-packages/x.egg-info/PKG-INFO", true],
  ["usr/lib/python3/dist-packages/x.pth", true],
  ["usr/lib/python3/dist-packages/a/x.pth", false],
  ["x/RECORD", false],
])("of %s it is %s that an audit keeps it whole", (path, kept) => {
  expect(isKept(path)).toBe(kept);
});

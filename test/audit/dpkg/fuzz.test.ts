import { describe, expect, it } from "vitest";
import { closureOf } from "../../../src/core/audit/dpkg/closure.ts";
import { ContentsScan } from "../../../src/core/audit/dpkg/contents-scan.ts";
import { DatabaseFiles } from "../../../src/core/audit/dpkg/database-files.ts";
import { fieldsText } from "../../../src/core/audit/dpkg/database-text.ts";
import { dependencyGraph } from "../../../src/core/audit/dpkg/dependency-graph.ts";
import { parsePackage } from "../../../src/core/audit/dpkg/parse-package.ts";
import { readAlternative } from "../../../src/core/audit/dpkg/read-alternative.ts";
import { readAutomatic } from "../../../src/core/audit/dpkg/read-automatic.ts";
import { readDeb822 } from "../../../src/core/audit/dpkg/read-deb822.ts";
import { readDiversions } from "../../../src/core/audit/dpkg/read-diversions.ts";
import { readPackages } from "../../../src/core/audit/dpkg/read-packages.ts";
import { readList, readSummedPaths } from "../../../src/core/audit/dpkg/read-paths.ts";
import { readRelease } from "../../../src/core/audit/dpkg/read-release.ts";
import { removals } from "../../../src/core/audit/dpkg/removal.ts";
import { AuditError } from "../../../src/core/audit/error.ts";
import type { FileTree } from "../../../src/core/audit/image/file-tree.ts";
import { flatten } from "../../../src/core/audit/image/flatten.ts";
import { digestOf } from "../../../src/core/base/digest.ts";
import { seeded } from "../../kit/debian-versions.ts";

/** 3,000 of each take some seconds; LAPSTRAKE_FUZZ_RUNS asks for more, LAPSTRAKE_FUZZ_SEED for others. */
const RUNS = Number(process.env["LAPSTRAKE_FUZZ_RUNS"] ?? 3000);
const SEED = Number(process.env["LAPSTRAKE_FUZZ_SEED"] ?? 20261126);

type Random = (below: number) => number;

interface Fuzzed {
  readonly bases: readonly string[];
  readonly pieces: readonly string[];
  /** What it reads it to, in a word: that all words come shows that the mutations reach what there is to reach. */
  readonly read: (bytes: Buffer, random: Random, base: number) => string;
  readonly words: readonly string[];
}

const SPACES = ["\n", " ", "\t", "\n\n", "\r", "\0", "\xff", "\xc3\xa9", "\u2028"];

const STATUS = [
  "Package: a\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1:2-3\nMulti-Arch: same\nDepends: b (>= 1) | c:any, d\nProvides: v, w (= 2)\nDescription: text\n more\n .\nConffiles:\n /etc/a b 0123\n /etc/o 01 obsolete\n\nPackage: b\nEssential: yes\nStatus: hold ok half-installed\nArchitecture: all\nVersion: 2\nSource: s (1)\nRecommends: v\nSuggests: w (>= 2)\nInstalled-Size: 7\n\n",
  "Package: c\nStatus: deinstall ok config-files\nVersion: 0~\n\nPackage: d\nVersion: 1\nPre-Depends: a [amd64] <!x>\n",
];
const FIELDS = [
  "Package: a\n",
  "Status: install ok installed\n",
  "Version: ",
  "Depends: ",
  "Provides: ",
  "Multi-Arch: ",
  "Conffiles:\n",
  " (>= ",
  " (<< 1)",
  ":any",
  "|",
  ",",
  "(",
  ")",
  "[",
  "<",
  "#",
  ":",
  "-",
  "~",
  "9999999999",
];
const LIST = [
  "/.\n/usr\n/usr/lib\n/usr/lib/x y\n/lib/x.so.1\n",
  "0123456789abcdef0123456789abcdef  usr/share/a\n",
];
const PATHS = [
  "/",
  "//",
  "/.",
  "/..",
  "../",
  "/usr",
  "a".repeat(300),
  "0123456789abcdef0123456789abcdef  x\n",
];
const DIVERSIONS = ["/bin/sh\n/bin/sh.distrib\ndash\n/usr/x\n/usr/x.away\n:\n"];
const ALTERNATIVE = [
  "auto\n/usr/bin/awk\nnawk\n/usr/bin/nawk\n\n/usr/bin/mawk\n5\n/usr/bin/mawk\n/usr/bin/gawk\n-10\n\n\n",
];
const STATES = [
  "Package: a\nArchitecture: amd64\nAuto-Installed: 1\n\nPackage: b\nArchitecture: amd64\nAuto-Installed: 0\n",
];
const CONTENTS = [
  "FILE  LOCATION\nusr/lib/x86_64-linux-gnu/libx.so.1   libs/libx1,oldlibs/libx1-old\nopt/a b/libx.so.1\tmisc/a\n./bin/tool utils/t\n",
];
const RELEASE = [
  `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nSuite: x\nSHA256:\n ${"0".repeat(64)} 12 main/Contents-amd64.gz\n ${"f".repeat(64)}   5 x\n-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n`,
];

/** A database of these files, without a tar around it. */
function treeOf(files: ReadonlyMap<string, Buffer>): FileTree {
  const about = { mode: 0o644, uid: 0, gid: 0 };
  const entries = [...files].map(([path, { length }]) => ({
    ...about,
    path,
    size: length,
    type: "file" as const,
  }));
  const diffId = digestOf("");
  return flatten([{ diffId, bytes: 0, entries, whiteouts: [], kept: files, notes: [], skipped: [] }]).tree;
}

const DATABASE = new Map(
  Object.entries({
    "var/lib/dpkg/status": STATUS[0],
    "var/lib/dpkg/info/a:amd64.list": LIST[0],
    "var/lib/dpkg/info/b.md5sums": LIST[1],
    "var/lib/dpkg/diversions": DIVERSIONS[0],
    "var/lib/dpkg/alternatives/awk": ALTERNATIVE[0],
    "var/lib/apt/extended_states": STATES[0],
    "var/lib/dpkg/arch": "amd64\n",
  }).map(([path, text = ""]) => [path, Buffer.from(text)]),
);

function isPlain(path: string): boolean {
  return !/^\/|^$|\0|(?:^|\/)\.\.?(?:\/|$)|\/$|\/\//.test(path);
}

/** All questions that an audit asks of a database in which one file is damaged. */
function ask(bytes: Buffer, random: Random, base: number): string {
  const paths = [...DATABASE.keys()];
  const path = paths[random(4) === 0 ? random(paths.length) : base] ?? "";
  const database = readPackages(treeOf(new Map([...DATABASE, [path, bytes]])));
  if (database === undefined) return "none";
  const graph = dependencyGraph(database);
  const all = removals(graph);
  for (const [id, each] of database.packages) {
    all.of(id);
    for (const place of database.placesOf(each)) {
      expect(isPlain(place)).toBe(true);
      if (!database.ownersOf(place).includes(each)) return "not its own";
      database.alternativeOf(place);
    }
  }
  closureOf(graph, database.packages.keys(), { recommends: true });
  return database.unread.length > 0 ? "told" : "read";
}

function scanned(bytes: Buffer, size: number): string {
  const scan = new ContentsScan(["libx.so.1", "/usr/bin/tool", "", "a/"]);
  for (let at = 0; at < bytes.length; at += size) scan.write(bytes.subarray(at, at + size));
  const { suppliers, ...rest } = scan.end();
  return JSON.stringify([[...suppliers], rest]);
}

const PARSERS: Readonly<Record<string, Fuzzed>> = {
  "a status": {
    bases: STATUS,
    pieces: FIELDS,
    read(bytes) {
      let count = 0;
      for (const stanza of readDeb822(fieldsText(bytes), { file: "status" }))
        if (parsePackage(stanza) !== undefined) count++;
      return count > 0 ? "packages" : "none";
    },
    words: ["packages", "none", "DPKG_INVALID"],
  },
  "a list": {
    bases: LIST,
    pieces: PATHS,
    read(bytes) {
      const all = [readList(bytes), readSummedPaths(bytes)];
      expect(all.every(({ paths }) => paths.every(isPlain))).toBe(true);
      return all.some(({ odd }) => odd === undefined) ? "read" : "odd";
    },
    words: ["read", "odd"],
  },
  diversions: {
    bases: DIVERSIONS,
    pieces: PATHS,
    read(bytes) {
      const found = readDiversions(bytes, "diversions");
      expect(found.every(({ from, to }) => isPlain(from) && isPlain(to))).toBe(true);
      return found.length > 0 ? "read" : "none";
    },
    words: ["read", "none", "DPKG_INVALID"],
  },
  "an alternative": {
    bases: ALTERNATIVE,
    pieces: [...PATHS, "auto\n", "manual\n", "99999999999\n"],
    read: (bytes) => (readAlternative(bytes, "x/awk").choices.length > 0 ? "choices" : "none"),
    words: ["choices", "none", "DPKG_INVALID"],
  },
  "apt's states": {
    bases: STATES,
    pieces: [...FIELDS, "Auto-Installed: 1\n", "Architecture: amd64\n"],
    read(bytes) {
      const files = new DatabaseFiles(treeOf(new Map([["var/lib/apt/extended_states", bytes]])));
      const [a] = readDeb822(STATUS[0] ?? "", { file: "status" });
      const each = a && parsePackage(a);
      return each !== undefined && readAutomatic(files, "amd64")?.(each) === true ? "automatic" : "manual";
    },
    words: ["automatic", "manual", "DPKG_INVALID"],
  },
  "an index of files": {
    bases: CONTENTS,
    pieces: [...PATHS, "libx.so.1", "bin/tool", "  libs/x\n", ",", " ", "\t", "\n"],
    read(bytes, random) {
      const whole = scanned(bytes, bytes.length + 1);
      if (whole !== scanned(bytes, 1 + random(40))) return "not the same in pieces";
      return whole.includes('"packages"') ? "found" : "none";
    },
    words: ["found", "none"],
  },
  "a release": {
    bases: RELEASE,
    pieces: [
      ...FIELDS,
      "SHA256:\n",
      "-----BEGIN PGP SIGNATURE-----",
      "-----BEGIN PGP SIGNED MESSAGE-----\n",
      "0".repeat(64),
    ],
    read: (bytes) => (readRelease(bytes, "InRelease").files.size > 0 ? "files" : "none"),
    words: ["files", "none", "DPKG_INVALID"],
  },
  "a whole database": {
    bases: [...DATABASE.values()].map(String),
    pieces: [...FIELDS, ...PATHS],
    read: ask,
    words: ["read", "told", "DPKG_INVALID"],
  },
};

function mutate(base: string, pieces: readonly string[], random: Random): Buffer {
  let bytes = Buffer.from(base);
  const pick = (from: readonly string[]): string => from[random(from.length)] ?? "";
  for (let left = 1 + random(4); left > 0; left--) {
    const at = random(bytes.length + 1);
    const to = Math.min(bytes.length, at + random(40));
    // Seldom so many that anything that is not linear shows.
    const times = random(2000) === 0 ? 20_000 : 1;
    const [head, middle, tail] = [bytes.subarray(0, at), bytes.subarray(at, to), bytes.subarray(to)];
    switch (random(6)) {
      case 0:
        bytes = Buffer.concat([head, Buffer.of(random(256)), bytes.subarray(at + 1)]);
        break;
      case 1:
        bytes = Buffer.concat([head, Buffer.from(pick(pieces).repeat(times)), middle, tail]);
        break;
      case 2:
        bytes = Buffer.concat([head, Buffer.from(pick(SPACES).repeat(times), "latin1"), middle, tail]);
        break;
      case 3:
        bytes = Buffer.concat([head, tail]);
        break;
      case 4:
        bytes = Buffer.concat([head, middle, middle, tail]);
        break;
      default:
        bytes = random(3) === 0 ? Buffer.from(head) : Buffer.concat([tail, middle, head]);
    }
  }
  return bytes;
}

/** Anything but an error of ours, with its place, is a fault of the reader. */
function outcome(read: () => string, lines: number): string {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof AuditError)) throw error;
    const line = error.at?.line ?? 0;
    if (line < 1 || line > lines + 3) throw new Error(`at line ${line} of ${lines}`, { cause: error });
    return error.code;
  }
}

describe("damaged anywhere", () => {
  it.each(Object.entries(PARSERS))(
    `%s is read or refused (${RUNS} times from ${SEED})`,
    { timeout: 24 * 3600_000 },
    (name, { bases, pieces, read, words }) => {
      const random = seeded(SEED);
      const seen = new Map<string, number>();
      for (let run = 0; run < RUNS; run++) {
        const base = run % bases.length;
        const bytes = mutate(bases[base] ?? "", pieces, random);
        try {
          const word = outcome(() => read(bytes, random, base), bytes.toString("latin1").split("\n").length);
          seen.set(word, (seen.get(word) ?? 0) + 1);
        } catch (error) {
          throw new Error(`run ${run} of seed ${SEED}`, { cause: error });
        }
      }
      if (RUNS > 3000) console.log(name, RUNS, SEED, Object.fromEntries(seen));
      expect([...seen.keys()].toSorted()).toEqual(words.toSorted());
    },
  );
});

import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { misfitOf, type WheelTarget } from "../../../src/core/policy/audit/wheel-tag.ts";

const ORACLE = resolve(import.meta.dirname, "../../kit/wheel-tags.py");
const MACHINES = ["x86_64", "aarch64", "armv7l", "armv8l", "ppc64le", "i686"];

const LIBCS = [
  { libc: "glibc", libcVersion: [2, 36] },
  { libc: "glibc", libcVersion: [2, 17] },
  { libc: "musl", libcVersion: [1, 2] },
] as const;

/** All interpreters on one machine, and one interpreter on all of them. */
const TARGETS = [7, 8, 9, 10, 11, 12, 13, 14].flatMap((minor) =>
  (minor === 11 ? MACHINES : MACHINES.slice(0, 1)).flatMap((machine) =>
    (minor < 13 ? [false] : [false, true]).flatMap((threaded) =>
      LIBCS.map((libc) => ({ version: [3, minor] as const, threaded, machine, ...libc })),
    ),
  ),
);

const PYTHONS =
  "py2 py3 py4 py30 py310 py311 py312 py2.py3 cp3 cp27 cp31 cp32 cp37 cp39 cp310 cp311 cp312 cp313 cp314 cp310.cp311 pp39 x";
const ABIS =
  "none abi3 abi3t cp27mu cp37m cp37 cp310 cp311 cp311d cp312 cp313 cp313t cp314t cp310.cp311 abi3.none";
const KINDS =
  "linux manylinux1 manylinux2010 manylinux2014 manylinux_2_4 manylinux_2_5 manylinux_2_12 manylinux_2_16 manylinux_2_17 manylinux_2_28 manylinux_2_36 manylinux_2_37 manylinux_3_0 manylinux2020 musllinux_1_0 musllinux_1_1 musllinux_1_2 musllinux_1_3 musllinux_2_0 musllinux1";

function tags(): readonly string[] {
  const kinds = KINDS.split(" ");
  const platforms = [
    "any",
    "macosx_11_0_arm64",
    "win_amd64",
    "emscripten_3_1_58_wasm32",
    ...kinds.flatMap((kind) => MACHINES.map((machine) => `${kind}_${machine}`)),
    "manylinux_2_17_x86_64.manylinux2014_x86_64",
    "manylinux_2_37_x86_64.musllinux_1_1_x86_64",
    "win_amd64.any",
  ];
  return PYTHONS.split(" ").flatMap((python) =>
    ABIS.split(" ").flatMap((abi) => platforms.map((platform) => `${python}-${abi}-${platform}`)),
  );
}

describe("which wheels fit, against packaging.tags", () => {
  const all = tags();

  test(`agrees on ${all.length} tags for ${TARGETS.length} targets`, () => {
    const input = JSON.stringify({ targets: TARGETS, tags: all });
    const run = spawnSync("python3", [ORACLE], { input, encoding: "utf8", maxBuffer: 1 << 30 });
    expect(run.stderr).toBe("");
    // as: our own script's shape.
    const answers = JSON.parse(run.stdout) as readonly (readonly string[] | null)[];
    const differences: string[] = [];
    let [compared, accepted] = [0, 0];
    for (const [index, { version, threaded, machine, libc, libcVersion }] of TARGETS.entries()) {
      const answer = answers[index];
      if (answer === null || answer === undefined) continue;
      const theirs = new Set(answer);
      const [major, minor] = version;
      const target: WheelTarget = {
        version: { major, minor, ...(threaded ? { freeThreaded: true } : {}) },
        machine,
        libc: { kind: libc === "musl" ? "musl" : "glibc", version: libcVersion.join(".") },
      };
      for (const tag of all) {
        const ours = misfitOf(tag, target) === undefined;
        if (ours !== theirs.has(tag) && differences.length < 20)
          differences.push(`${tag} on ${JSON.stringify(target)}: ${ours ? "fits" : "does not fit"} here`);
      }
      compared += all.length;
      accepted += theirs.size;
    }
    expect(differences).toEqual([]);
    expect(compared).toBeGreaterThan(1_000_000);
    expect(accepted).toBeGreaterThan(5_000);
  }, 300_000);
});

describe("which wheels fit", () => {
  const plain = { version: { major: 3, minor: 11 }, machine: "x86_64", libc: undefined } as const;

  test("is not told where nobody knows the C library, or its version", () => {
    for (const platform of ["manylinux_2_99_x86_64", "musllinux_1_2_x86_64"])
      expect(misfitOf(`cp311-cp311-${platform}`, plain)).toBeUndefined();
    const musl = { ...plain, libc: { kind: "musl", version: undefined } } as const;
    expect(misfitOf("cp311-cp311-musllinux_1_9_x86_64", musl)).toBeUndefined();
    expect(misfitOf("cp311-cp311-manylinux_2_17_x86_64", musl)).toBe(
      "it is for glibc, and the image has musl",
    );
  });

  test("is told with what does not", () => {
    const target = { ...plain, libc: { kind: "glibc", version: "2.36" } } as const;
    expect(misfitOf("cp310-none-any", target)).toBe(
      "it is for cp310-none, and the interpreter is Python 3.11",
    );
    expect(misfitOf("cp311-cp311-manylinux_2_37_x86_64", target)).toBe(
      "it promises to run on glibc 2.37 and later, and the image has 2.36",
    );
    const threads = { ...target, version: { major: 3, minor: 13, freeThreaded: true } } as const;
    expect(misfitOf("cp313-cp313-linux_x86_64", threads)).toBe(
      "it is for cp313-cp313, and the interpreter is Python 3.13t",
    );
  });
});

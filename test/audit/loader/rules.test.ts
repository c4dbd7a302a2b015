import { describe, expect, test } from "vitest";
import type { ElfFacts } from "../../../src/core/audit/elf/elf-facts.ts";
import { flatten } from "../../../src/core/audit/image/flatten.ts";
import { indexLdCache } from "../../../src/core/audit/loader/ld-cache-index.ts";
import type { LoadRoot, LoadTrace } from "../../../src/core/audit/loader/load-trace.ts";
import { resolveRoot } from "../../../src/core/audit/loader/resolve-root.ts";
import { library, program } from "../../kit/elf-facts.ts";
import { linkItem, type TarItem } from "../../kit/tar-writer.ts";
import { layerOf } from "../layers.ts";

const MULTIARCH = "usr/lib/x86_64-linux-gnu";
const LOADER = `${MULTIARCH}/ld-linux-x86-64.so.2`;

interface Setup {
  readonly files: Readonly<Record<string, ElfFacts | "no elf">>;
  readonly root?: Partial<LoadRoot>;
}

/** What the loader does for `usr/bin/app` in an image of Debian's layout with these files. */
function trace({ files, root = {} }: Setup): LoadTrace {
  const elf = new Map<string, ElfFacts>();
  elf.set(LOADER, library());
  for (const [path, facts] of Object.entries(files)) if (facts !== "no elf") elf.set(path, facts);
  const items: readonly TarItem[] = [
    linkItem("lib", "usr/lib"),
    linkItem("lib64", MULTIARCH),
    ...Object.keys({ ...files, [LOADER]: "" }).map((path) => ({ path, content: path })),
  ];
  const { tree } = flatten([layerOf(items)]);
  const image = { tree, elfAt: (path: string) => elf.get(path), contentOf: () => undefined };
  const asked = { program: "usr/bin/app", opened: [], libraryPath: undefined, preload: [], cwd: "/work" };
  return resolveRoot(image, { ...asked, level: "baseline", ...root }, indexLdCache(image));
}

/** By the name that is needed, where it was found; "-" where it was not. */
function found(setup: Setup): Readonly<Record<string, string>> {
  const { edges } = trace(setup);
  return Object.fromEntries(
    edges.map(({ needed, outcome }) => [
      needed,
      "path" in outcome ? outcome.path : outcome.state === "missing" ? "-" : outcome.state,
    ]),
  );
}

const A = "opt/a/liba.so";
const app = (facts: Partial<ElfFacts>) => program({ needed: ["liba.so"], ...facts });

describe("a name without a slash", () => {
  test("is looked for in the system's folders, multiarch first", () => {
    expect(
      found({
        files: { "usr/bin/app": app({}), [`${MULTIARCH}/liba.so`]: library(), "usr/lib/liba.so": library() },
      }),
    ).toEqual({
      "liba.so": `${MULTIARCH}/liba.so`,
    });
    expect(found({ files: { "usr/bin/app": app({}), [A]: library() } })).toEqual({ "liba.so": "-" });
  });

  test("is found by DT_RPATH before LD_LIBRARY_PATH, and by DT_RUNPATH after it", () => {
    const files = { [A]: library(), "opt/b/liba.so": library() };
    const root = { libraryPath: "/opt/b" };
    expect(found({ files: { ...files, "usr/bin/app": app({ rpath: "/opt/a" }) }, root })).toEqual({
      "liba.so": A,
    });
    expect(found({ files: { ...files, "usr/bin/app": app({ runpath: "/opt/a" }) }, root })).toEqual({
      "liba.so": "opt/b/liba.so",
    });
  });

  test("of a library is found by its loader's DT_RPATH, never by its loader's DT_RUNPATH", () => {
    const files = (of: Partial<ElfFacts>, b: Partial<ElfFacts> = {}) => ({
      "usr/bin/app": app(of),
      [A]: library({ needed: ["libb.so"], ...b }),
      "opt/a/libb.so": library(),
    });
    expect(found({ files: files({ rpath: "/opt/a" }) })["libb.so"]).toBe("opt/a/libb.so");
    expect(found({ files: files({ runpath: "/opt/a" }) })["libb.so"]).toBe("-");
    // Any DT_RUNPATH of its own, and nobody's DT_RPATH counts.
    expect(found({ files: files({ rpath: "/opt/a" }, { runpath: "/nowhere" }) })["libb.so"]).toBe("-");
  });

  test("is answered by what is there already, whatever a search would find", () => {
    const files = {
      "usr/bin/app": program({ needed: ["liba.so", "libb.so"], rpath: "/opt/a" }),
      [A]: library({ needed: ["libc-1.so"], runpath: "/nowhere" }),
      "opt/a/libb.so": library({ soname: "libc-1.so" }),
    };
    // Breadth first: libb is loaded before what liba needs is looked for.
    expect(found({ files })["libc-1.so"]).toBe("opt/a/libb.so");
  });

  test("goes past files of another class or machine, and ends at one that is no library", () => {
    const at = (one: ElfFacts | "no elf") => ({
      "usr/bin/app": app({ rpath: "/opt/a:/opt/b" }),
      [A]: one,
      "opt/b/liba.so": library(),
    });
    expect(found({ files: at(library({ class: 32 })) })["liba.so"]).toBe("opt/b/liba.so");
    expect(found({ files: at(library({ machine: 183 })) })["liba.so"]).toBe("opt/b/liba.so");
    expect(found({ files: at("no elf") })["liba.so"]).toBe("-");
    expect(trace({ files: at(library({ class: 32 })) }).edges[0]?.tried).toEqual([
      { by: "rpath", of: "usr/bin/app", path: "/opt/a/liba.so", why: "wrong-class" },
    ]);
  });

  test("takes $ORIGIN from where the object was found, and $LIB as Debian has it", () => {
    const files = { "usr/bin/app": app({ runpath: "$ORIGIN/../lib/app" }), "usr/lib/app/liba.so": library() };
    expect(found({ files })["liba.so"]).toBe("usr/lib/app/liba.so");
    const lib = {
      "usr/bin/app": app({ runpath: "/opt/${LIB}" }),
      "opt/lib/x86_64-linux-gnu/liba.so": library(),
    };
    expect(found({ files: lib })["liba.so"]).toBe("opt/lib/x86_64-linux-gnu/liba.so");
    // What only the machine knows is not guessed, but where it makes no difference.
    const platform = { "usr/bin/app": app({ runpath: "/opt/$PLATFORM" }) };
    expect(found({ files: { ...platform, "opt/haswell/liba.so": library() } })["liba.so"]).toBe("unknown");
    expect(found({ files: { ...platform, "opt/other/liba.so": library() } })["liba.so"]).toBe("-");
  });

  test("is not looked for in the system's folders where DF_1_NODEFLIB says so", () => {
    const files = { "usr/bin/app": app({ noDefaultLibraries: true }), "usr/lib/liba.so": library() };
    expect(found({ files })["liba.so"]).toBe("-");
  });

  test("prefers the folder of the processor's level, where it has one", () => {
    const files = {
      "usr/bin/app": app({ rpath: "/opt/a" }),
      [A]: library(),
      "opt/a/glibc-hwcaps/x86-64-v3/liba.so": library(),
    };
    expect(found({ files })["liba.so"]).toBe(A);
    expect(found({ files, root: { level: "x86-64-v3" } })["liba.so"]).toBe(
      "opt/a/glibc-hwcaps/x86-64-v3/liba.so",
    );
    expect(found({ files, root: { level: "x86-64-v2" } })["liba.so"]).toBe(A);
  });

  test("of the driver is the host's, not missing; one that is there is taken", () => {
    const driver = { "usr/bin/app": program({ needed: ["libcuda.so.1"] }) };
    expect(found({ files: driver })).toEqual({ "libcuda.so.1": "host" });
    expect(found({ files: { ...driver, [`${MULTIARCH}/libcuda.so.1`]: library() } })["libcuda.so.1"]).toBe(
      `${MULTIARCH}/libcuda.so.1`,
    );
  });
});

describe("a process", () => {
  test("with a name that has a slash loads that path, from the folder that it starts in", () => {
    const files = {
      "usr/bin/app": program({ needed: ["$ORIGIN/x.so", "y.d/z.so"] }),
      "usr/bin/x.so": library(),
      "work/y.d/z.so": library(),
    };
    expect(found({ files })).toEqual({ "$ORIGIN/x.so": "usr/bin/x.so", "y.d/z.so": "work/y.d/z.so" });
  });

  test("of the driver, which only the host has, lets an open stand", () => {
    const files = {
      "usr/bin/app": program(),
      "opt/one.so": library({
        needed: ["liba.so", "libcuda.so.1"],
        rpath: "/opt/a",
        versionsNeeded: [{ file: "libcuda.so.1", versions: [{ name: "CUDA_12", weak: false }] }],
      }),
      "opt/two.so": library({ needed: ["liba.so"] }),
      [A]: library({ needed: ["libnvidia-ml.so.1"] }),
    };
    const opened = ["opt/one.so", "opt/two.so"].map((path) => ({ path }));
    const { objects, takenBack, versions } = trace({ files, root: { opened } });
    expect(objects.map(({ path }) => path)).toEqual(["usr/bin/app", "opt/one.so", A, "opt/two.so"]);
    expect([takenBack, versions]).toEqual([[], []]);
    const broken = {
      ...files,
      "opt/one.so": library({ ...files["opt/one.so"], needed: ["liba.so", "libx.so"] }),
    };
    expect(trace({ files: broken, root: { opened } }).takenBack).not.toEqual([]);
  });

  test("forgets what an open that failed had loaded, and goes on", () => {
    const files = {
      "usr/bin/app": program(),
      "opt/one.so": library({ needed: ["liba.so", "libnone.so"], rpath: "/opt/a" }),
      "opt/two.so": library({ needed: ["liba.so"] }),
      [A]: library(),
    };
    const opened = [{ path: "opt/one.so" }, { path: "opt/two.so" }];
    const { edges, objects } = trace({ files, root: { opened } });
    expect(edges.filter(({ needed }) => needed === "liba.so").map(({ outcome }) => outcome.state)).toEqual([
      "found",
      "missing",
    ]);
    expect(objects.map(({ path }) => path)).toEqual(["usr/bin/app"]);
  });

  test("ends also where libraries need each other", () => {
    const files = {
      "usr/bin/app": app({ rpath: "/opt/a" }),
      [A]: library({ needed: ["libb.so"], rpath: "/opt/a" }),
      "opt/a/libb.so": library({ needed: ["liba.so"], rpath: "/opt/a" }),
    };
    expect(found({ files })).toEqual({ "liba.so": A, "libb.so": "opt/a/libb.so" });
  });

  test("of musl, or of no loader, is told as such and not judged", () => {
    expect(
      trace({ files: { "usr/bin/app": library({ interpreter: "/lib/ld-musl-x86_64.so.1" }) } }).loader,
    ).toBe("musl");
    expect(trace({ files: { "usr/bin/app": library({ dynamic: false }) } }).loader).toBe("none");
  });

  test("misses versions that the first file found does not have, also where another would", () => {
    const wants = (weak: boolean) =>
      app({
        rpath: "/opt/a:/opt/b",
        versionsNeeded: [{ file: "liba.so", versions: [{ name: "V2", weak }] }],
      });
    const files = (weak: boolean, defined: readonly string[]) => ({
      "usr/bin/app": wants(weak),
      [A]: library({ versionsDefined: defined }),
      "opt/b/liba.so": library({ versionsDefined: ["V1", "V2"] }),
    });
    const severities = (weak: boolean, defined: readonly string[]) =>
      trace({ files: files(weak, defined) }).versions.map(({ severity, path }) => `${severity} ${path}`);
    expect(severities(false, ["V1"])).toEqual([`fatal ${A}`]);
    expect(severities(true, ["V1"])).toEqual([`warning ${A}`]);
    expect(severities(false, [])).toEqual([`warning ${A}`]);
    expect(severities(false, ["V1", "V2"])).toEqual([]);
  });
});

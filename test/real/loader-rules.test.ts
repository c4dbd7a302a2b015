import { execFileSync } from "node:child_process";
import { cpSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { indexLdCache } from "../../src/core/audit/loader/ld-cache-index.ts";
import type { LoadRoot, LoadTrace } from "../../src/core/audit/loader/load-trace.ts";
import { resolveRoot } from "../../src/core/audit/loader/resolve-root.ts";
import { buildElf, type ElfSpec } from "../kit/build-elf.ts";
import { APP, app, CASES, type Case, DEBIAN } from "../kit/loader-cases.ts";
import { modelSearches, onDisk, realSearches } from "../kit/loader-edges.ts";
import { folderImage, processorHere } from "../kit/loader-image.ts";
import { realLoader } from "../kit/real-loader.ts";

const here = processorHere();

describe("each rule of the loader, by the real one in a root of its own", () => {
  const roots: string[] = [];
  afterAll(() => {
    for (const root of roots) rmSync(root, { recursive: true, force: true });
  });

  function make({ files, links = {}, hardLinks = {}, ldconfig, removed }: Case): string {
    const root = mkdtempSync(join(tmpdir(), "lapstrake-loader-"));
    roots.push(root);
    for (const folder of [`usr/${DEBIAN}`, "usr/lib64", "usr/bin", "etc"])
      mkdirSync(join(root, folder), { recursive: true });
    for (const folder of ["lib", "lib64", "bin"]) symlinkSync(`usr/${folder}`, join(root, folder));
    for (const name of ["ld-linux-x86-64.so.2", "libc.so.6"])
      cpSync(`/${DEBIAN}/${name}`, join(root, `usr/${DEBIAN}`, name), { dereference: true });
    symlinkSync(`../${DEBIAN}/ld-linux-x86-64.so.2`, join(root, "usr/lib64/ld-linux-x86-64.so.2"));
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      if (typeof content === "string") writeFileSync(join(root, path), content);
      else buildElf(join(root, path), content);
    }
    for (const [path, target] of Object.entries(links)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      symlinkSync(target, join(root, path));
    }
    for (const [path, target] of Object.entries(hardLinks)) linkSync(join(root, target), join(root, path));
    if (ldconfig !== undefined)
      execFileSync("/sbin/ldconfig", ["-r", root, ...ldconfig], { stdio: "ignore" });
    if (removed !== undefined) rmSync(join(root, removed));
    return root;
  }

  function model(root: string, more: Partial<LoadRoot>): LoadTrace {
    const { image } = folderImage(root);
    const start = {
      program: APP,
      opened: [],
      libraryPath: undefined,
      preload: [],
      cwd: "/",
      ...here,
      ...more,
    };
    return resolveRoot(image, start, indexLdCache(image));
  }

  test.each(Object.keys(CASES))("%s", (name) => {
    const each = CASES[name];
    if (each === undefined) throw new Error("no case");
    const root = make(each);
    const { libraryPath, preload, cwd = "/" } = each;
    const trace = model(root, { libraryPath, cwd, preload: preload === undefined ? [] : [preload] });
    const real = realLoader({
      root,
      program: `/${APP}`,
      cwd,
      env: {
        ...(libraryPath === undefined ? {} : { LD_LIBRARY_PATH: libraryPath }),
        ...(preload === undefined ? {} : { LD_PRELOAD: preload }),
      },
    });
    const { tree } = folderImage(root).image;
    expect(real.edges.length).toBeGreaterThan(0);
    expect(modelSearches(trace, onDisk({ tree, root, cwd }))).toEqual(
      realSearches(real, onDisk({ tree, root, cwd })),
    );
  });

  /** Opens each of its arguments and goes on; `@FILE:NAME` opens a name as the library FILE would. */
  const OPENER = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
int main(int c, char **v) {
  for (int i = 1; i < c; i++) { void *h = dlopen(v[i], RTLD_NOW); printf("%s\\n", h ? "yes" : "no"); }
  return 0;
}`;

  function opener(root: string, flags: readonly string[]): void {
    const source = join(root, "opener.c");
    writeFileSync(source, OPENER);
    execFileSync("gcc", ["-o", join(root, APP), source, ...flags]);
  }

  test.each([
    ["RPATH of the program", "-Wl,--disable-new-dtags,-rpath,/opt"],
    ["RUNPATH of the program", "-Wl,--enable-new-dtags,-rpath,/opt"],
  ])("dlopen, with %s", (_, flag) => {
    const root = make({
      files: {
        "opt/a.so": { needed: ["b.so", "none.so"], rpath: "/opt" },
        "opt/b.so": {},
        "opt/c.so": { needed: ["b.so"] },
        "opt/in/d.so": { needed: ["e.so"], rpath: "$ORIGIN/x" },
        "opt/in/x/e.so": { needed: ["f.so"] },
        "opt/in/x/f.so": {},
      },
    });
    opener(root, [flag]);
    const names = ["/opt/a.so", "/opt/c.so", "c.so", "/opt/in/d.so", "/none.so", "/opt/in/d.so", "e.so"];
    const trace = model(root, { opened: names.map((path) => ({ path })) });
    const real = realLoader({ root, program: `/${APP}`, run: names });
    const { tree } = folderImage(root).image;
    // The real one ends each open at the first name that it does not find.
    expect(modelSearches(trace, onDisk({ tree, root }))).toEqual(realSearches(real, onDisk({ tree, root })));
    const isThere = (path: string) => trace.objects.some((each) => each.path === path);
    expect([isThere("opt/a.so"), isThere("opt/in/d.so")]).toEqual([false, true]);
  });

  test("versions: what start says of them", () => {
    const wants = (versions: readonly string[]) =>
      app(["v.so"], { runpath: "/opt", wants: { of: "v.so", versions } });
    const said = (spec: ElfSpec, library: ElfSpec) => {
      const root = make({ files: { [APP]: spec, "opt/v.so": library } });
      const { errors, listed } = realLoader({ root, program: `/${APP}` });
      return {
        model: model(root, {}).versions.map(({ version, severity }) => `${version} ${severity}`),
        real: `${errors.join("\n")}${[...listed.keys()].join("\n")}`,
      };
    };
    const fatal = said(wants(["V1", "V2"]), { defines: ["V1"] });
    expect(fatal.model).toEqual(["V2 fatal"]);
    expect(fatal.real).toMatch(/version `V2' not found/);
    const none = said(wants(["V1"]), {});
    expect(none.model).toEqual(["V1 warning"]);
    expect(none.real).toMatch(/no version information available/);
    const good = said(wants(["V1"]), { defines: ["V1", "V2"] });
    expect(good.model).toEqual([]);
    expect(good.real).not.toMatch(/version/);
  });

  test.each([
    [
      "no ELF file",
      "not an ELF file, but of more than sixty-four bytes, so that its header can be read",
      "not-elf",
    ],
    ["an empty file", "", "empty-file"],
    // Its tables make no sense when they are read the other way.
    ["another byte order", { patch: { 5: 2 } }, "not-elf"],
    ["another ABI", { patch: { 7: 9 } }, "wrong-os-abi"],
    ["a program", { program: true }, "executable"],
    ["an object file", { patch: { 16: 1 } }, "not-loadable"],
  ] as const)("%s ends the search", (_, content, why) => {
    const root = make({
      files: { [APP]: app(["a.so"], { runpath: "/opt/x:/opt" }), "opt/x/a.so": content, "opt/a.so": {} },
    });
    const [edge] = model(root, {}).edges;
    expect(edge?.outcome).toEqual({ state: "missing", refused: "opt/x/a.so" });
    expect(edge?.tried).toEqual([{ by: "runpath", of: APP, path: "/opt/x/a.so", why }]);
    const { errors, listed } = realLoader({ root, program: `/${APP}` });
    expect(errors.join()).toMatch(/error while loading shared libraries/);
    expect(listed.get("a.so")).toBeUndefined();
  });

  test("a folder in the place of a library ends the search", () => {
    const root = make({
      files: { [APP]: app(["a.so"], { runpath: "/opt/x:/opt" }), "opt/x/a.so/inner": "x", "opt/a.so": {} },
    });
    expect(model(root, {}).edges[0]?.outcome).toEqual({ state: "missing", refused: "opt/x/a.so" });
    expect(realLoader({ root, program: `/${APP}` }).errors.join()).toMatch(/cannot read file data/);
  });

  test("a program with more rights than its user takes fewer paths", () => {
    const rights = { runpath: "/opt:$ORIGIN/../lib/own:/srv/$ORIGIN:$ORIGIN/../../opt/out" };
    const root = make({
      files: {
        [APP]: app(["a.so", "b.so", "c.so"], rights),
        "usr/bin/app2": app(["d.so"], rights),
        "usr/bin/app3": app(["e.so"], rights),
        "usr/bin/app4": app(["f.so"], { rpath: "/opt:$ORIGIN/../lib/own" }),
        "opt/a.so": {},
        "usr/lib/own/b.so": {},
        "srv/e/c.so": {},
        "srv/usr/bin/d.so": {},
        "opt/out/e.so": {},
        "usr/lib/own/f.so": { needed: ["g.so"], runpath: "$ORIGIN/../../../opt/out" },
        "opt/out/g.so": {},
        "usr/lib/p.so": {},
        "usr/lib/q.so": {},
        "srv/e/p.so": {},
        "etc/suid-debug": "",
      },
    });
    const programs = [APP, "usr/bin/app2", "usr/bin/app3", "usr/bin/app4"];
    execFileSync("chmod", ["u+s", ...[...programs, "usr/lib/q.so"].map((path) => join(root, path))]);
    execFileSync("chmod", ["-R", "a+rX", root]);
    const { tree } = folderImage(root).image;
    const env = { LD_LIBRARY_PATH: "/srv/e", LD_PRELOAD: "p.so:q.so:/srv/e/p.so" };
    mkdirSync(join(root, "proc/self"), { recursive: true });
    const compare = (program: string, { user, secure }: { user?: number; secure?: boolean }) => {
      const trace = model(root, {
        program,
        libraryPath: env.LD_LIBRARY_PATH,
        preload: [env.LD_PRELOAD],
        ...(secure === undefined ? {} : { secure }),
      });
      // Where the loader reads what $ORIGIN of a program is.
      rmSync(join(root, "proc/self/exe"), { force: true });
      symlinkSync(`/${program}`, join(root, "proc/self/exe"));
      const real = realLoader({ root, program: `/${program}`, env, ...(user === undefined ? {} : { user }) });
      expect(modelSearches(trace, onDisk({ tree, root })), program).toEqual(
        realSearches(real, onDisk({ tree, root })),
      );
      return trace.edges.filter(({ outcome }) => outcome.state === "missing").map(({ needed }) => needed);
    };
    expect(compare(APP, { user: 1000 })).toEqual(["p.so", "c.so"]);
    expect(programs.slice(1).map((program) => compare(program, { user: 1000 }))).toEqual([
      ["p.so", "d.so"],
      ["p.so", "e.so"],
      ["p.so"],
    ]);
    // root's own is not more than what root has.
    expect(compare(APP, { secure: false })).toEqual([]);
  });
});

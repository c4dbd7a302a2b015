import type { ElfSpec } from "./build-elf.ts";

export const DEBIAN = "lib/x86_64-linux-gnu";

export interface Case {
  /** By path: what is linked, or text of a file. */
  readonly files: Readonly<Record<string, ElfSpec | string>>;
  readonly links?: Readonly<Record<string, string>>;
  readonly hardLinks?: Readonly<Record<string, string>>;
  readonly libraryPath?: string;
  readonly preload?: string;
  readonly cwd?: string;
  readonly ldconfig?: readonly string[];
  /** Removed after ldconfig ran: a cache that is older than the image. */
  readonly removed?: string;
}

export const APP = "usr/bin/app";

export function app(needed: readonly string[], more: ElfSpec = {}): ElfSpec {
  return { program: true, needed, ...more };
}

/** One rule each. Names of libraries stand for what they show. */
export const CASES: Readonly<Record<string, Case>> = {
  "default folders in their order, multiarch first": {
    files: { [APP]: app(["a.so"]), [`usr/${DEBIAN}/a.so`]: {}, "usr/lib/a.so": {} },
  },
  "the second default folder": { files: { [APP]: app(["a.so"]), "usr/lib/a.so": {} } },
  "nothing in a folder that nobody names": { files: { [APP]: app(["a.so"]), "opt/a.so": {} } },
  "RPATH before LD_LIBRARY_PATH": {
    files: { [APP]: app(["a.so"], { rpath: "/opt/r" }), "opt/r/a.so": {}, "opt/e/a.so": {} },
    libraryPath: "/opt/e",
  },
  "LD_LIBRARY_PATH before RUNPATH": {
    files: { [APP]: app(["a.so"], { runpath: "/opt/r" }), "opt/r/a.so": {}, "opt/e/a.so": {} },
    libraryPath: "/opt/e",
  },
  "LD_LIBRARY_PATH parted by both signs, slashes at its ends, a folder twice": {
    files: { [APP]: app(["a.so"]), "opt/e/a.so": {}, "opt/f/b.so": {} },
    libraryPath: "/none;/opt/f//:/opt/f:/opt/e/",
  },
  "an empty element is the working directory": {
    files: { [APP]: app(["a.so"]), "srv/a.so": {} },
    libraryPath: "/none:",
    cwd: "/srv",
  },
  "a relative element": {
    files: {
      [APP]: app(["a.so"]),
      "srv/lib/a.so": { needed: ["b.so"], rpath: "$ORIGIN/inner" },
      "srv/lib/inner/b.so": {},
    },
    libraryPath: "lib",
    cwd: "/srv",
  },
  "RPATH of those whose needs loaded it": {
    files: {
      [APP]: app(["a.so"], { rpath: "/opt" }),
      "opt/a.so": { needed: ["b.so"] },
      "opt/b.so": { needed: ["c.so"] },
      "opt/c.so": {},
    },
  },
  "no RPATH of others for one with a RUNPATH": {
    files: {
      [APP]: app(["a.so"], { rpath: "/opt" }),
      "opt/a.so": { needed: ["b.so"], runpath: "/none" },
      "opt/b.so": {},
    },
  },
  "no RUNPATH of others": {
    files: { [APP]: app(["a.so"], { runpath: "/opt" }), "opt/a.so": { needed: ["b.so"] }, "opt/b.so": {} },
  },
  "an RPATH in the middle of the chain": {
    files: {
      [APP]: app(["a.so"], { runpath: "/opt" }),
      "opt/a.so": { needed: ["b.so"], rpath: "/opt/in" },
      "opt/in/b.so": { needed: ["c.so"] },
      "opt/in/c.so": {},
    },
  },
  "breadth first: a sibling answers to a later need": {
    files: {
      [APP]: app(["a.so", "b.so"], { runpath: "/opt:/opt/in" }),
      "opt/a.so": { needed: ["b.so"] },
      "opt/in/b.so": { soname: "b.so" },
    },
  },
  "a soname answers that no file has": {
    files: {
      [APP]: app(["a.so", "b.so"], { runpath: "/opt" }),
      "opt/a.so": { soname: "real.so" },
      "opt/b.so": { needed: ["real.so"] },
    },
  },
  "a file name does not answer where the soname is another": {
    files: {
      [APP]: app(["/opt/a.so", "b.so"], { runpath: "/opt/in" }),
      "opt/a.so": { soname: "x.so" },
      "opt/in/b.so": { needed: ["a.so"] },
    },
  },
  "symlinks to one file are one object": {
    files: { [APP]: app(["a.so", "b.so"], { runpath: "/opt" }), "opt/real.so": { needed: ["c.so"] } },
    links: { "opt/a.so": "real.so", "opt/b.so": "/opt/real.so" },
  },
  "hard links to one file are one object": {
    files: { [APP]: app(["a.so", "b.so"], { runpath: "/opt" }), "opt/a.so": { needed: ["b.so"] } },
    hardLinks: { "opt/b.so": "opt/a.so" },
  },
  "$ORIGIN is the folder in which it was found, not where its link leads": {
    files: {
      [APP]: app(["a.so"], { runpath: "$ORIGIN/../lib/app" }),
      "opt/a.so": { needed: ["b.so"], runpath: "${ORIGIN}" },
      "usr/lib/app/b.so": {},
    },
    links: { "usr/lib/app/a.so": "/opt/a.so" },
  },
  "$LIB, and a dollar that begins no token": {
    files: {
      [APP]: app(["a.so", "b.so"], { runpath: "/opt/$LIB:/opt/$LIBS:/opt/${LIB" }),
      [`opt/${DEBIAN}/a.so`]: {},
      "opt/$LIBS/b.so": {},
    },
  },
  "$PLATFORM, of this machine": {
    files: {
      [APP]: app(["a.so"], { runpath: "/opt/$PLATFORM" }),
      "opt/x86_64/a.so": {},
      "opt/haswell/a.so": {},
      "opt/xeon_phi/a.so": {},
    },
  },
  "names with a slash are paths, with tokens": {
    files: {
      [APP]: app(["/opt/a.so", "$ORIGIN/../lib/b.so", "c/d.so", "/none/e.so"]),
      "opt/a.so": {},
      "usr/lib/b.so": {},
      "srv/c/d.so": {},
    },
    cwd: "/srv",
  },
  "no default folders": {
    files: {
      [APP]: app(["a.so", "b.so"], { noDefaultLibraries: true, runpath: "/opt" }),
      "usr/lib/a.so": {},
      "opt/b.so": { needed: ["a.so"] },
    },
  },
  "no cache entry in a default folder": {
    files: {
      [APP]: app(["liba.so", "libb.so"], { noDefaultLibraries: true }),
      "usr/lib/liba.so": {},
      "opt/libb.so": {},
      "etc/ld.so.conf": "/opt\n",
    },
    ldconfig: [],
  },
  "the cache before default folders": {
    files: {
      [APP]: app(["liba.so"]),
      "usr/lib/liba.so": {},
      "opt/liba.so": {},
      "etc/ld.so.conf": "include /etc/ld.so.conf.d/*.conf\n",
      "etc/ld.so.conf.d/a.conf": "# first\n/opt\n",
    },
    ldconfig: [],
  },
  "a cache of the combined format": {
    files: {
      [APP]: app(["liba.so", "libb.so"]),
      "opt/liba.so": {},
      "opt/libb.so": {},
      "etc/ld.so.conf": "/opt\n",
    },
    ldconfig: ["-c", "compat"],
  },
  "a cache of the old format alone": {
    files: {
      [APP]: app(["liba.so", "libb.so"]),
      "opt/liba.so": {},
      "opt/libb.so": {},
      "etc/ld.so.conf": "/opt\n",
    },
    ldconfig: ["-c", "old"],
  },
  "a stale entry, and the default folder after it": {
    files: { [APP]: app(["liba.so"]), "usr/lib/liba.so": {}, "opt/liba.so": {}, "etc/ld.so.conf": "/opt\n" },
    ldconfig: [],
    removed: "opt/liba.so",
  },
  "a cache that is none": {
    files: {
      [APP]: app(["a.so"]),
      "usr/lib/a.so": {},
      "etc/ld.so.cache": "glibc-ld.so.cache1.0 and more of it, some sixty bytes in all.",
    },
  },
  "no configuration without a cache": {
    files: { [APP]: app(["liba.so"]), "opt/liba.so": {}, "etc/ld.so.conf": "/opt\n" },
  },
  "levels of the CPU, in any folder, best first": {
    files: {
      [APP]: app(["a.so", "b.so", "c.so"], { runpath: "/opt" }),
      "opt/a.so": {},
      "opt/glibc-hwcaps/x86-64-v2/a.so": {},
      "opt/glibc-hwcaps/x86-64-v3/a.so": {},
      "opt/glibc-hwcaps/x86-64-v4/a.so": {},
      "opt/glibc-hwcaps/x86-64-v2/b.so": {},
      "opt/c.so": {},
    },
  },
  "levels of the CPU by the cache": {
    files: {
      [APP]: app(["liba.so", "libb.so"]),
      "usr/lib/liba.so": {},
      "usr/lib/glibc-hwcaps/x86-64-v2/liba.so": {},
      "usr/lib/glibc-hwcaps/x86-64-v3/liba.so": {},
      "usr/lib/glibc-hwcaps/x86-64-v4/liba.so": {},
      "usr/lib/glibc-hwcaps/x86-64-v4/libb.so": {},
      "usr/lib/libb.so": {},
    },
    ldconfig: [],
  },
  "folders of hardware of the old kind": {
    files: {
      [APP]: app(["a.so", "b.so", "c.so", "d.so", "e.so"], { runpath: "/opt" }),
      "opt/tls/a.so": {},
      "opt/a.so": {},
      "opt/x86_64/b.so": {},
      "opt/tls/x86_64/b.so": {},
      "opt/haswell/c.so": {},
      "opt/c.so": {},
      "opt/avx512_1/d.so": {},
      "opt/d.so": {},
      "opt/tls/x86_64/x86_64/e.so": {},
      "opt/x86_64/e.so": {},
    },
  },
  "folders of hardware of the old kind by the cache": {
    files: {
      [APP]: app(["liba.so", "libb.so", "libc1.so"]),
      "usr/lib/liba.so": {},
      "usr/lib/tls/liba.so": {},
      "usr/lib/haswell/libb.so": {},
      "usr/lib/libb.so": {},
      "usr/lib/x86_64/libc1.so": {},
      "usr/lib/libc1.so": {},
    },
    ldconfig: [],
  },
  "another class is passed over": {
    files: {
      [APP]: app(["a.so"], { runpath: "/opt/x:/opt" }),
      "opt/x/a.so": { patch: { 4: 1 } },
      "opt/a.so": {},
    },
  },
  "another machine is passed over": {
    files: {
      [APP]: app(["a.so"], { runpath: "/opt/x:/opt" }),
      "opt/x/a.so": { patch: { 18: 183 } },
      "opt/a.so": {},
    },
  },
  "a link in circles ends the list, not the search": {
    files: { [APP]: app(["a.so"], { runpath: "/opt/x:/opt" }), "opt/a.so": {}, "usr/lib/a.so": {} },
    links: { "opt/x/a.so": "a.so" },
  },
  "a link that leads nowhere": {
    files: { [APP]: app(["a.so"], { runpath: "/opt/x:/opt" }), "opt/a.so": {} },
    links: { "opt/x/a.so": "none.so" },
  },
  "a filter's filtee": {
    files: {
      [APP]: app(["a.so", "b.so"], { runpath: "/opt" }),
      "opt/a.so": { filter: "f.so", runpath: "/opt" },
      "opt/f.so": { needed: ["g.so"] },
      "opt/b.so": {},
    },
  },
  "auxiliary objects, there and not": {
    files: {
      [APP]: app(["a.so", "b.so"], { runpath: "/opt" }),
      "opt/a.so": { auxiliary: "f.so", runpath: "/opt", needed: ["h.so"] },
      "opt/f.so": { needed: ["g.so"] },
      "opt/b.so": { auxiliary: "none.so" },
    },
  },
  "LD_PRELOAD and ld.so.preload": {
    files: {
      [APP]: app(["a.so"], { rpath: "/opt" }),
      "opt/a.so": { needed: ["p.so"] },
      "opt/p.so": { needed: ["q.so"] },
      "srv/x.so": {},
      "etc/ld.so.preload": "/srv/x.so # and no more\n\tnone.so",
    },
    preload: "p.so:/none.so /srv/x.so",
  },
  "libraries that need each other": {
    files: {
      [APP]: app(["a.so"], { rpath: "/opt" }),
      "opt/a.so": { soname: "a.so", needed: ["b.so"] },
      "opt/b.so": { needed: ["a.so", "b.so"] },
    },
  },
  "merged /usr: both names of a folder": { files: { [APP]: app(["a.so", "/lib/a.so"]), "usr/lib/a.so": {} } },
};

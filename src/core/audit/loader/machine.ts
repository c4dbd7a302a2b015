import type { ElfFacts } from "../elf/elf-facts.ts";

/** What of the loader's rules depends on the kind of machine that a program is for. */
export interface LoaderMachine {
  /** Values of an entry's `flags` in `ld.so.cache` that its loader takes (sysdeps/…/dl-cache.h). Undefined: not known here. */
  readonly cacheFlags: readonly number[] | undefined;
  /** Sub-folders of `glibc-hwcaps`, best first (sysdeps/…/dl-hwcaps-subdirs.c). */
  readonly levels: readonly string[];
  /** What `$PLATFORM` may stand for; undefined where kernels have more names than are listed here. */
  readonly platforms: readonly string[] | undefined;
  /** Where programs for it look for the loader, when a library is looked at that names none. */
  readonly loaders: readonly string[];
}

const UNKNOWN: LoaderMachine = { cacheFlags: undefined, levels: [], platforms: undefined, loaders: [] };

const MACHINES: readonly {
  readonly machine: number;
  readonly class: 32 | 64;
  readonly is: LoaderMachine;
}[] = [
  {
    machine: 62,
    class: 64,
    is: {
      cacheFlags: [0x303],
      levels: ["x86-64-v4", "x86-64-v3", "x86-64-v2"],
      // What the kernel says, and what glibc makes of it on Intel's CPUs (sysdeps/x86/cpu-features.c).
      platforms: ["x86_64", "haswell", "xeon_phi"],
      loaders: ["lib64/ld-linux-x86-64.so.2", "lib/ld-musl-x86_64.so.1"],
    },
  },
  {
    machine: 62,
    class: 32,
    is: { ...UNKNOWN, cacheFlags: [0x803], loaders: ["libx32/ld-linux-x32.so.2"] },
  },
  {
    machine: 3,
    class: 32,
    is: { ...UNKNOWN, cacheFlags: [1, 3], loaders: ["lib/ld-linux.so.2", "lib/ld-musl-i386.so.1"] },
  },
  {
    machine: 183,
    class: 64,
    is: {
      cacheFlags: [0xa03],
      levels: [],
      platforms: ["aarch64"],
      loaders: ["lib/ld-linux-aarch64.so.1", "lib/ld-musl-aarch64.so.1"],
    },
  },
  // Both float ABIs of 32-bit ARM, and entries from before they were told apart.
  {
    machine: 40,
    class: 32,
    is: {
      ...UNKNOWN,
      cacheFlags: [0x903, 0xb03, 3],
      loaders: ["lib/ld-linux-armhf.so.3", "lib/ld-linux.so.3", "lib/ld-musl-armhf.so.1"],
    },
  },
  {
    machine: 21,
    class: 64,
    is: {
      ...UNKNOWN,
      cacheFlags: [0x503],
      levels: ["power10", "power9"],
      loaders: ["lib64/ld64.so.2", "lib/ld-musl-powerpc64le.so.1"],
    },
  },
  {
    machine: 22,
    class: 64,
    is: {
      ...UNKNOWN,
      cacheFlags: [0x403],
      levels: ["z16", "z15", "z14", "z13"],
      loaders: ["lib/ld64.so.1", "lib/ld-musl-s390x.so.1"],
    },
  },
  {
    machine: 243,
    class: 64,
    is: {
      ...UNKNOWN,
      cacheFlags: [0x1003],
      loaders: ["lib/ld-linux-riscv64-lp64d.so.1", "lib/ld-musl-riscv64.so.1"],
    },
  },
];

export function loaderMachine(facts: Pick<ElfFacts, "machine" | "class">): LoaderMachine {
  return MACHINES.find((each) => each.machine === facts.machine && each.class === facts.class)?.is ?? UNKNOWN;
}

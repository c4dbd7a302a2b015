/** What wheels call a platform: the machine as Python names it, the C library and its lowest version. */
export interface WheelPlatform {
  readonly machine: string;
  readonly libc: "glibc" | "musl";
  /** `[2, 36]`; undefined where the word does not say. */
  readonly version: readonly [number, number] | undefined;
}

const MACHINES: Readonly<Record<string, string>> = {
  amd64: "x86_64",
  arm64: "aarch64",
  "386": "i686",
  ppc64le: "ppc64le",
  s390x: "s390x",
  riscv64: "riscv64",
};

/** Python's name of the machine of an image platform: `linux/amd64` is `x86_64`. Undefined for what is no Linux. */
export function machineOf(platform: string): string | undefined {
  const [os, architecture = "", variant] = platform.split("/");
  if (os !== "linux") return undefined;
  if (architecture === "arm") return variant === "v6" ? "armv6l" : "armv7l";
  return Object.hasOwn(MACHINES, architecture) ? MACHINES[architecture] : undefined;
}

const LEGACY: Readonly<Record<string, readonly [number, number]>> = {
  manylinux1: [2, 5],
  manylinux2010: [2, 12],
  manylinux2014: [2, 17],
};

/** A value of uv's `--python-platform`. Undefined where it is no Linux. */
export function parsePythonPlatform(word: string): WheelPlatform | undefined {
  if (word === "linux") return { machine: "x86_64", libc: "glibc", version: undefined };
  const found =
    /^([a-z0-9_]+?)-(?:unknown-linux-(gnu|musl)[a-z]*|(many|musl)linux(_?)(\d+)(?:_(\d+))?)$/.exec(word);
  const machine = found?.[1];
  if (found === null || machine === undefined) return undefined;
  const libc = found[2] === "musl" || found[3] === "musl" ? "musl" : "glibc";
  const legacy = LEGACY[`manylinux${found[5] ?? ""}`];
  if (found[4] === "" && legacy !== undefined) return { machine, libc, version: legacy };
  const version = found[6] === undefined ? undefined : ([Number(found[5]), Number(found[6])] as const);
  return { machine, libc, version };
}

/** `2.36` is at least `[2, 28]`? */
export function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [hasMajor = 0, hasMinor = 0] = version.split(".").map(Number);
  return hasMajor > major || (hasMajor === major && hasMinor >= minor);
}

import type { PythonEnvironment } from "../../audit/python/environment.ts";
import { isAtLeast, parsePythonPlatform } from "../locks/platform.ts";

/** What a wheel is installed into. */
export interface WheelTarget {
  readonly version: PythonEnvironment["version"];
  /** As Python names it: `x86_64`. */
  readonly machine: string;
  /** The interpreter's C library; undefined where nobody knows which. */
  readonly libc: TargetLibc | undefined;
}

export interface TargetLibc {
  readonly kind: "glibc" | "musl";
  /** `2.36`; undefined where the image does not say. */
  readonly version: string | undefined;
}

/**
 * Why a wheel of this tag (`cp311-cp311-manylinux_2_17_x86_64`, PEP 425, 600, 656, 703) does not fit; undefined where it does.
 * A part may name several, parted by dots: any of them will do. The answer is that of `packaging.tags`, which pip and uv go by.
 */
export function misfitOf(tag: string, target: WheelTarget): string | undefined {
  const [python = "", abi = "", platform = ""] = tag.split("-");
  const { major, minor, freeThreaded } = target.version;
  const abis = python
    .split(".")
    .flatMap((each) => abi.split(".").filter((one) => fitsInterpreter(each, one, target.version)));
  const what = `Python ${major}.${minor}${freeThreaded === true ? "t" : ""}`;
  if (abis.length === 0) return `it is for ${python}-${abi}, and the interpreter is ${what}`;
  const misfits = platform
    .split(".")
    .map((each) =>
      each === "any" && !abis.includes("none")
        ? `it has code for ${abi}, and does not say for which platform`
        : platformMisfit(each, target),
    );
  return misfits.includes(undefined) ? undefined : misfits[0];
}

function fitsInterpreter(python: string, abi: string, version: WheelTarget["version"]): boolean {
  const { major, minor, freeThreaded = false } = version;
  const found = /^(py|cp)(\d)(\d*)$/.exec(python);
  if (found === null || Number(found[2]) !== major) return false;
  const isMajor = found[3] === "";
  const asked = Number(found[3]);
  if (found[1] === "py") return abi === "none" && (isMajor || asked <= minor);
  if (isMajor) return false;
  // PEP 384 begins with Python 3.2; PEP 803 gives free-threaded builds one of their own.
  if (abi === (freeThreaded ? "abi3t" : "abi3")) return asked >= 2 && asked <= minor;
  // Until 3.7 the name said that pymalloc is in it.
  const own = `cp${major}${minor}${freeThreaded ? "t" : ""}${minor < 8 ? "m" : ""}`;
  return asked === minor && (abi === "none" || abi === own);
}

/** The oldest glibc that a tag may promise: that of manylinux1, which was for x86 alone, else that of manylinux2014. */
const OLDEST_X86 = [2, 5] as const;
const OLDEST = [2, 17] as const;

function platformMisfit(platform: string, { machine, libc }: WheelTarget): string | undefined {
  if (platform === "any") return undefined;
  const parts = /^((?:many|musl)?linux(?:\d+|_\d+_\d+)?)_(.+)$/.exec(platform);
  const [, kind = "", its = ""] = parts ?? [];
  if (parts === null) return `it is for ${platform}, and the image is Linux`;
  // Cores of 64 bits that run 32: they take what was made for either.
  if (its !== machine && !(machine === "armv8l" && its === "armv7l"))
    return `it is for ${its}, and the image is ${machine}`;
  if (kind === "linux") return undefined;
  const wheel = parsePythonPlatform(`${its}-${kind}`);
  if (wheel?.version === undefined) return `${kind} is no platform of wheels`;
  if (libc === undefined) return undefined;
  if (wheel.libc !== libc.kind) return `it is for ${wheel.libc}, and the image has ${libc.kind}`;
  const written = wheel.version.join(".");
  if (wheel.libc === "glibc" && !isAtLeast(written, /^(?:x86_64|i686)$/.test(machine) ? OLDEST_X86 : OLDEST))
    return `it promises glibc ${written}, which is older than any that wheels are for`;
  const { version } = libc;
  const isOther = wheel.libc === "musl" && version?.split(".")[0] !== String(wheel.version[0]);
  if (version === undefined || (!isOther && isAtLeast(version, wheel.version))) return undefined;
  return `it promises to run on ${wheel.libc} ${written} and later, and the image has ${version}`;
}

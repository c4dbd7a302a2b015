import type { PythonEnvironment } from "../../audit/python/environment.ts";
import { isAtLeast, parsePythonPlatform } from "../locks/platform.ts";

/** What a wheel is installed into. */
export interface WheelTarget {
  readonly version: PythonEnvironment["version"];
  /** As Python names it: `x86_64`. */
  readonly machine: string;
  /** `2.36`; undefined where the image's C library is not known to be glibc. */
  readonly glibc: string | undefined;
}

/**
 * Why a wheel of this tag (`cp311-cp311-manylinux_2_17_x86_64`, PEP 425 and 600) does not fit; undefined where it does, or
 * where the tag says nothing about it. A part may name several, parted by dots: any of them will do.
 */
export function misfitOf(tag: string, target: WheelTarget): string | undefined {
  const [python = "", abi = "", platform = ""] = tag.split("-");
  const fits = python
    .split(".")
    .some((each) => abi.split(".").some((one) => fitsInterpreter(each, one, target)));
  const { major, minor } = target.version;
  if (!fits) return `it is for ${python}-${abi}, and the interpreter is Python ${major}.${minor}`;
  const misfits = platform.split(".").map((each) => platformMisfit(each, target));
  return misfits.includes(undefined) ? undefined : misfits[0];
}

function fitsInterpreter(python: string, abi: string, { version }: WheelTarget): boolean {
  const found = /^(py|cp)(\d)(\d*)$/.exec(python);
  if (found === null || Number(found[2]) !== version.major) return false;
  const minor = found[3] === "" ? 0 : Number(found[3]);
  if (abi === "none" || abi === "abi3") return minor <= version.minor;
  return minor === version.minor && new RegExp(`^cp${version.major}${version.minor}[a-z]*$`).test(abi);
}

function platformMisfit(platform: string, { machine, glibc }: WheelTarget): string | undefined {
  if (platform === "any") return undefined;
  const plain = /^linux_(.+)$/.exec(platform)?.[1];
  if (plain !== undefined)
    return plain === machine ? undefined : `it is for ${plain}, and the image is ${machine}`;
  const found = /^((?:many|musl)linux(?:\d+|_\d+_\d+))_(.+)$/.exec(platform);
  if (found === null) return `it is for ${platform}, and the image is Linux`;
  const wheel = parsePythonPlatform(`${found[2]}-${found[1]}`);
  if (wheel === undefined) return undefined;
  if (wheel.machine !== machine) return `it is for ${wheel.machine}, and the image is ${machine}`;
  if (wheel.libc === "musl")
    return glibc === undefined ? undefined : "it is for musl, and the image has glibc";
  if (wheel.version === undefined || glibc === undefined || isAtLeast(glibc, wheel.version)) return undefined;
  return `it promises to run on glibc ${wheel.version.join(".")} and later, and the image has ${glibc}`;
}

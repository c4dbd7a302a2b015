import { digestOf } from "../../../base/digest.ts";
import { type Reason, type Verdict, verdictOf } from "../../verdict.ts";
import type { LockInImage } from "../lock-facts.ts";
import { isAtLeast, machineOf, parsePythonPlatform } from "../platform.ts";
import { aboutUse } from "./about.ts";

/** The lock was resolved for the platform of the image: elsewhere markers choose other distributions. */
export function platformVerdict(use: LockInImage): Verdict {
  const { facts, platforms, root } = use;
  const { header, lock } = facts;
  const about = aboutUse("lock-platform", use, [
    { name: "platforms", digest: digestOf([...platforms, root?.glibc ?? ""].join(" ")) },
  ]);
  const at = header?.at ?? { file: lock.path, line: 1, column: 1 };
  const word = header?.platform;
  if (word === undefined) {
    const message =
      header === undefined
        ? "no header says which tool made it, and for which platform"
        : `its header (${header.tool}) names no platform: it was that of the machine that made it`;
    return verdictOf(about, { unknown: [{ message, at, hint: NAME_IT }], holds: { message: "" } });
  }
  if (word === "universal")
    return verdictOf(about, { holds: { message: "made for all platforms (--universal)", at } });
  const fails: Reason[] = platforms.flatMap((platform) => {
    const why = mismatch(word, platform, root?.glibc);
    return why === undefined
      ? []
      : [{ message: `it was made for ${word}, but the image is ${platform}: ${why}`, at, hint: NAME_IT }];
  });
  return verdictOf(about, {
    fails,
    holds: { message: `made for ${word}, which fits ${platforms.join(", ")}`, at },
  });
}

const NAME_IT =
  "resolve it for the image: `uv pip compile --python-platform x86_64-manylinux_2_36`, or --universal";

function mismatch(word: string, platform: string, glibc: string | undefined): string | undefined {
  const wanted = machineOf(platform);
  const made = parsePythonPlatform(word);
  if (made === undefined) return "that is no Linux";
  if (made.machine !== wanted) return `another machine than ${wanted ?? "any that is known here"}`;
  if (glibc === undefined) return undefined;
  if (made.libc === "musl") return `another C library than glibc ${glibc}`;
  if (made.version === undefined || isAtLeast(glibc, made.version)) return undefined;
  return `its wheels may need glibc ${made.version.join(".")}, and the root has ${glibc}`;
}

import { digestOf } from "../../../base/digest.ts";
import { type Reason, type Verdict, verdictOf } from "../../verdict.ts";
import type { LockInImage } from "../lock-facts.ts";
import { aboutUse } from "./about.ts";

/** The lock was resolved for the interpreter that the image has: another one takes other wheels, and other versions. */
export function interpreterVerdict(use: LockInImage): Verdict {
  const { facts, root, commandPython, image, at } = use;
  const { header, lock } = facts;
  const has = commandPython ?? root?.python;
  const from =
    commandPython === undefined ? (root?.from ?? "its root") : `the install command at line ${at.line}`;
  const about = aboutUse("lock-interpreter", use, [
    { name: `python of ${image}`, digest: digestOf(`${has} ${from}`) },
  ]);
  const unknown: Reason[] = [];
  if (has === undefined) {
    unknown.push({ message: `which Python ${image} has is not told by ${from}`, at });
  }
  const top = { file: lock.path, line: 1, column: 1 };
  if (header === undefined) {
    unknown.push({ message: "no header says which tool made it, and for which Python", at: top, hint: KEEP });
  } else if (header.python === undefined) {
    const message = `its header (${header.tool}) names no Python: it was whichever the machine had that day`;
    unknown.push({ message, at: header.at, hint: KEEP });
  }
  const made = header?.python;
  const differs = made !== undefined && has !== undefined && made !== has;
  const fails = differs
    ? [
        {
          message: `it was made for Python ${made}, but ${image} has Python ${has} (${from})`,
          at: header?.at ?? top,
          hint: `resolve it for ${has}: \`uv pip compile --python-version ${has}\`, or pip-compile under Python ${has}`,
        },
      ]
    : [];
  return verdictOf(about, {
    fails,
    unknown,
    holds: { message: `made for Python ${has}, as ${from} has it` },
  });
}

const KEEP =
  "keep the header, and name the version: `uv pip compile --python-version X.Y` without --no-header";

import { type Reason, type Verdict, verdictOf } from "../../verdict.ts";
import type { LockFacts } from "../lock-facts.ts";
import { pinnedVersion } from "../pins.ts";
import type { Requirement } from "../requirement.ts";
import { aboutLock, counted } from "./about.ts";

/** Everything in the lock is one version (or one file) with at least one hash, and nothing in it is anything else. */
export function pinnedVerdict(facts: LockFacts): Verdict {
  const { requirements, lock } = facts;
  const fails: Reason[] = [
    ...lock.file.problems.map(({ message, at }) => ({ message, at })),
    ...lock.file.options
      .filter(({ name }) => name === "--editable")
      .map(({ value = "", at }) => ({ message: `-e ${value} is a folder, whose content no hash fixes`, at })),
    ...requirements.flatMap(whyLoose),
  ];
  const unknown =
    requirements.length === 0
      ? [{ message: "it pins nothing", at: { file: lock.path, line: 1, column: 1 } }]
      : [];
  const holds = { message: `${counted(requirements.length, "pin")}, each with a hash` };
  return verdictOf(aboutLock("lock-pinned", facts), { fails, unknown, holds });
}

function whyLoose(requirement: Requirement): readonly Reason[] {
  const { name, url, hashes, at, specifiers } = requirement;
  const loose = (message: string): Reason => ({
    message: `${name}: ${message}`,
    at,
    hint: "pin it as NAME==VERSION --hash=…",
  });
  if (hashes.length === 0) return [loose("it has no hash, so any file of that name would be taken")];
  if (url !== undefined) {
    return /^(?:git|hg|svn|bzr)\+/.test(url) ? [loose("a version control URL is not fixed by a hash")] : [];
  }
  if (pinnedVersion(requirement) !== undefined) return [];
  const written = specifiers.map(({ operator, text, prefix }) => `${operator}${text}${prefix ? ".*" : ""}`);
  return [
    loose(written.length === 0 ? "it names no version" : `${written.join(",")} allows more than one version`),
  ];
}

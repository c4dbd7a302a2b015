import { compareVersions } from "../../../advisory/pep440/version.ts";
import { type Reason, type Verdict, verdictOf } from "../../verdict.ts";
import type { LockInImage } from "../lock-facts.ts";
import { environmentOf, installedPins, pinnedVersion } from "../pins.ts";
import type { Requirement } from "../requirement.ts";
import { aboutUse, counted, inputOf } from "./about.ts";

/** A child's lock has what its parents' locks have: another version would replace files of a layer below it. */
export function parentVerdict(use: LockInImage): Verdict {
  const { facts, inherited } = use;
  const environment = environmentOf(use);
  const own = installedPins(facts.requirements, environment);
  const fails: Reason[] = [];
  let shared = 0;
  for (const { image, facts: parent } of inherited) {
    for (const [name, theirs] of installedPins(parent.requirements, environment)) {
      const [mine] = own.get(name) ?? [];
      const [other] = theirs;
      if (mine === undefined || other === undefined) continue;
      shared++;
      if (isSame(mine, other)) continue;
      const place = `${parent.lock.path}:${other.at.line}`;
      fails.push({
        message: `${name} is ${shown(mine)} here, but ${image} below it has ${shown(other)} (${place})`,
        at: mine.at,
        hint: `resolve it under its parent's lock: -c ${parent.lock.path}`,
      });
    }
  }
  const parents = [...new Set(inherited.map(({ image }) => image))];
  const holds = {
    message:
      parents.length === 0
        ? "no image below it installs a lock"
        : `${counted(shared, "version")} shared with ${parents.join(", ")}`,
  };
  return verdictOf(
    aboutUse(
      "lock-parent",
      use,
      inherited.map(({ facts: parent }) => inputOf(parent.lock)),
    ),
    { fails, holds },
  );
}

function isSame(mine: Requirement, other: Requirement): boolean {
  const [one, two] = [pinnedVersion(mine), pinnedVersion(other)];
  if (one === undefined || two === undefined) return mine.url !== undefined && mine.url === other.url;
  return compareVersions(one, two) === 0;
}

function shown(requirement: Requirement): string {
  return pinnedVersion(requirement)?.text ?? requirement.url ?? "not pinned";
}

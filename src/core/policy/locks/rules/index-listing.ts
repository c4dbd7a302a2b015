import { digestOf } from "../../../base/digest.ts";
import { type Reason, type Verdict, verdictOf } from "../../verdict.ts";
import { type IndexFacts, type Pin, pinKey } from "../index-facts.ts";
import type { LockFacts } from "../lock-facts.ts";
import { pinnedVersion } from "../pins.ts";
import type { Requirement } from "../requirement.ts";
import { aboutLock, counted } from "./about.ts";

/** What an index must be asked about to judge these requirements. URLs are on no index. */
export function pinsToAsk(requirements: readonly Requirement[]): readonly Pin[] {
  const pins = requirements.flatMap((requirement): Pin[] => {
    const version = pinnedVersion(requirement);
    return version === undefined ? [] : [{ name: requirement.name, version: version.text }];
  });
  return [...new Map(pins.map((pin) => [pinKey(pin), pin])).values()];
}

export const INDEX_RULE = "lock-index";

/** Every hash is one that the package index lists for a file of that very version. */
export function indexVerdict(facts: LockFacts, index: IndexFacts): Verdict {
  const { lock, requirements } = facts;
  const about = aboutLock(INDEX_RULE, facts);
  if (index.state === "not-asked") {
    const at = { file: lock.path, line: 1, column: 1 };
    const hint = index.hint === undefined ? {} : { hint: index.hint };
    return verdictOf(about, { unknown: [{ message: index.why, at, ...hint }], holds: { message: "" } });
  }
  const fails: Reason[] = [];
  const unknown: Reason[] = [];
  let count = 0;
  for (const requirement of requirements) {
    const { name, at, hashes, url } = requirement;
    const version = pinnedVersion(requirement);
    if (version === undefined) {
      unknown.push({
        message: `${name}: ${url === undefined ? "it is not pinned" : "a URL is on no index"}`,
        at,
      });
      continue;
    }
    const listed = index.versions.get(pinKey({ name, version: version.text }));
    if (listed?.state === "absent") {
      fails.push({ message: `the index has no ${name} ${version.text}`, at });
    } else if (listed?.state !== "listed") {
      unknown.push({ message: `${name}: ${listed?.why ?? "the index was not asked about it"}`, at });
    } else {
      const known = new Set(listed.hashes);
      count += hashes.length;
      for (const { algorithm, hex, at: place } of hashes) {
        if (known.has(`${algorithm}:${hex}`)) continue;
        if (algorithm === "sha256") {
          fails.push({
            message: `${name} ${version.text}: the index lists no file with ${shortHex(hex)}`,
            at: place,
          });
        } else
          unknown.push({ message: `${name}: the index lists sha256 only, this is ${algorithm}`, at: place });
      }
    }
  }
  const answers = pinsToAsk(requirements).map((pin) =>
    JSON.stringify([pinKey(pin), index.versions.get(pinKey(pin))]),
  );
  const inputs = [
    ...about.inputs,
    { name: `answers of ${index.client}`, digest: digestOf(answers.join("\n")) },
  ];
  const holds = {
    message: `${counted(count, "hash", "hashes")} listed by the index (asked by ${index.client})`,
  };
  return verdictOf({ ...about, inputs }, { fails, unknown, holds });
}

function shortHex(hex: string): string {
  return hex.length > 24 ? `${hex.slice(0, 16)}…` : hex;
}

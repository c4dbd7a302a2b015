import { digestOf } from "../../../base/digest.ts";
import { type Reason, type Verdict, verdictOf } from "../../verdict.ts";
import type { LockFacts } from "../lock-facts.ts";
import type { LockedHash, Requirement } from "../requirement.ts";
import { aboutLock, counted } from "./about.ts";

/** Hex digits by algorithm: those that pip takes for strong (`--require-hashes` knows no others). */
const LENGTHS: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

/**
 * Every hash could be one: its algorithm is strong, it has that algorithm's length in lower-case hex, and it is no other
 * distribution's too (one file is of one distribution). Whether an index lists it, `lock-index` says.
 */
export function hashVerdict(facts: LockFacts): Verdict {
  const owners = new Map<string, Requirement>();
  const fails: Reason[] = [];
  let count = 0;
  for (const requirement of facts.requirements) {
    for (const hash of requirement.hashes) {
      count++;
      const wrong = whyWrong(hash) ?? whyShared(hash, requirement, owners);
      if (wrong !== undefined)
        fails.push({ message: `${requirement.name}: ${wrong}`, at: hash.at, hint: RESOLVE });
    }
  }
  const unknown =
    count === 0
      ? [{ message: "it has no hash at all", at: { file: facts.lock.path, line: 1, column: 1 } }]
      : [];
  const holds = {
    message: `${counted(count, "hash", "hashes")} of the right length`,
    digest: digestOf([...owners.keys()].toSorted().join("\n")),
  };
  return verdictOf(aboutLock("lock-hashes", facts), { fails, unknown, holds });
}

const RESOLVE =
  "resolve the lock anew with hashes (`uv pip compile --generate-hashes`, `pip-compile --generate-hashes`)";

function whyWrong({ algorithm, hex }: LockedHash): string | undefined {
  const length = Object.hasOwn(LENGTHS, algorithm) ? LENGTHS[algorithm] : undefined;
  if (length === undefined)
    return `"${algorithm.slice(0, 20)}" is no algorithm that pip trusts (${Object.keys(LENGTHS).join(", ")})`;
  if (hex.length !== length)
    return `a ${algorithm} has ${length} hex digits, this one has ${hex.length}: no file can have it`;
  return /^[0-9a-f]*$/.test(hex)
    ? undefined
    : `a ${algorithm} is lower-case hex, this one is not: no file can have it`;
}

function whyShared(
  { algorithm, hex }: LockedHash,
  requirement: Requirement,
  owners: Map<string, Requirement>,
): string | undefined {
  const key = `${algorithm}:${hex}`;
  const owner = owners.get(key);
  owners.set(key, owner ?? requirement);
  return owner === undefined || owner.name === requirement.name
    ? undefined
    : `its hash is also one of ${owner.name} (line ${owner.at.line}), and no file is of two distributions`;
}

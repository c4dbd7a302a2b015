import { allows } from "../../../advisory/pep440/specifier.ts";
import { type Reason, type Verdict, verdictOf } from "../../verdict.ts";
import type { LockFacts, NamedFile } from "../lock-facts.ts";
import type { MarkerEnvironment } from "../marker.ts";
import { applies, pinnedVersion } from "../pins.ts";
import { parsePythonPlatform } from "../platform.ts";
import type { Requirement } from "../requirement.ts";
import { aboutLock, counted } from "./about.ts";
import { unexplained } from "./unexplained.ts";

/**
 * The lock and the files that it was made of agree: every name of them is in it, at a version that they allow, and it holds
 * nothing that nobody asks for.
 */
export function inputsVerdict(facts: LockFacts): Verdict {
  const { named, lock, requirements } = facts;
  const top = { file: lock.path, line: 1, column: 1 };
  const environment = environmentOfHeader(facts);
  const wanted = wantedOf(named, environment);
  const pins = new Map<string, Requirement[]>();
  for (const pin of requirements) pins.set(pin.name, [...(pins.get(pin.name) ?? []), pin]);
  const compared = [...wanted.asked, ...wanted.limits].map((want) =>
    compare(want, pins.get(want.name), lock.path),
  );
  const explained = unexplained(facts, new Set(wanted.asked.map(({ name }) => name)));
  const fails = [...compared.flatMap(({ fails = [] }) => fails), ...explained.fails];
  const unknown = [
    ...(named.some(({ role }) => role === "input")
      ? []
      : [{ message: "neither its header nor its comments name a file that it was made of", at: top }]),
    ...named
      .filter(({ read }) => read === undefined)
      .map(({ written }) => ({
        message: `${written}, of which it was made, is not there or no requirements file`,
        at: top,
      })),
    ...compared.flatMap(({ unknown = [] }) => unknown),
    ...explained.unknown,
  ];
  const files = named.filter(({ role }) => role === "input").map(({ written }) => written);
  const holds = {
    message: `${counted(wanted.asked.length, "requirement")} of ${files.join(", ")} in ${counted(pins.size, "pin")}, nothing unasked`,
  };
  return verdictOf(aboutLock("lock-inputs", facts, named), { fails, unknown, holds });
}

/** Where the tool evaluated markers, as the header says. */
function environmentOfHeader({ header }: LockFacts): MarkerEnvironment | undefined {
  const machine = header?.platform === undefined ? undefined : parsePythonPlatform(header.platform)?.machine;
  if (header?.python === undefined || machine === undefined) return undefined;
  return { pythonVersion: header.python, machine };
}

interface Want extends Requirement {
  /** A constraint: it need not be in the lock. */
  readonly optional: boolean;
}

interface Wanted {
  readonly asked: readonly Want[];
  readonly limits: readonly Want[];
}

/** What an override names is decided by it alone; a name whose marker says no is not asked for. */
function wantedOf(named: readonly NamedFile[], environment: MarkerEnvironment | undefined): Wanted {
  const of = (role: NamedFile["role"]): readonly Requirement[] =>
    named.flatMap((each) => (each.role === role ? (each.read?.file.requirements ?? []) : []));
  const overrides = of("override");
  const overridden = new Set(overrides.map(({ name }) => name));
  const isAsked = (requirement: Requirement): boolean => applies(requirement, environment) !== false;
  const asked = of("input").filter(isAsked);
  const names = new Set(asked.map(({ name }) => name));
  const replaced = overrides.filter((each) => isAsked(each));
  return {
    asked: [
      ...asked.filter(({ name }) => !overridden.has(name)),
      ...replaced.filter(({ name }) => names.has(name)),
    ].map((each) => ({ ...each, optional: applies(each, environment) === undefined })),
    limits: [
      ...of("constraint").filter((each) => isAsked(each) && !overridden.has(each.name)),
      ...replaced.filter(({ name }) => !names.has(name)),
    ].map((each) => ({ ...each, optional: true })),
  };
}

interface Compared {
  readonly fails?: readonly Reason[];
  readonly unknown?: readonly Reason[];
}

function compare(want: Want, pins: readonly Requirement[] | undefined, lock: string): Compared {
  const { name, at, optional, url, specifiers } = want;
  if (pins === undefined) {
    if (optional) return {};
    return { fails: [{ message: `${name} is asked for, but is not in ${lock}`, at, hint: RESOLVE }] };
  }
  if (url !== undefined) {
    const same = pins.every((pin) => pin.url === url);
    return same
      ? {}
      : {
          fails: [
            { message: `${name} is asked for from ${url}, but the lock has another`, at, hint: RESOLVE },
          ],
        };
  }
  return (
    pins.map((pin): Compared => {
      const version = pinnedVersion(pin);
      // What is not pinned, `lock-pinned` says.
      if (version === undefined || allows(specifiers, version)) return {};
      const written = specifiers
        .map((each) => `${each.operator}${each.text}${each.prefix ? ".*" : ""}`)
        .join(",");
      const place = `${at.file}:${at.line}`;
      const message = `${name} is pinned to ${version.text}, which ${name}${written} (${place}) does not allow`;
      return { fails: [{ message, at: pin.at, hint: RESOLVE }] };
    })[0] ?? {}
  );
}

const RESOLVE = "resolve the lock anew from its inputs";

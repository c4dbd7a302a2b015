import { exactPin } from "../../advisory/pep440/specifier.ts";
import { parseVersion, type Version } from "../../advisory/pep440/version.ts";
import type { LockInImage } from "./lock-facts.ts";
import { evaluateMarker, type MarkerEnvironment, type MarkerResult } from "./marker.ts";
import { machineOf } from "./platform.ts";
import type { Requirement } from "./requirement.ts";

/** The one version that a requirement allows. Undefined where it allows several, or is a URL. */
export function pinnedVersion({ specifiers }: Requirement): Version | undefined {
  const pin = exactPin(specifiers);
  return pin === undefined ? undefined : (pin.version ?? parseVersion(pin.text));
}

/** Would it be installed there? True where it has no marker. */
export function applies(
  { marker }: Pick<Requirement, "marker">,
  environment: MarkerEnvironment | undefined,
): MarkerResult {
  if (marker === undefined || marker === "") return true;
  return environment === undefined ? undefined : evaluateMarker(marker, environment);
}

/** Where the image would evaluate markers; undefined where its interpreter or machine is not known or not one. */
export function environmentOf({
  commandPython,
  root,
  platforms,
}: Pick<LockInImage, "commandPython" | "root" | "platforms">): MarkerEnvironment | undefined {
  const pythonVersion = commandPython ?? root?.python;
  const [platform, ...more] = platforms;
  const machine = platform === undefined || more.length > 0 ? undefined : machineOf(platform);
  return pythonVersion === undefined || machine === undefined ? undefined : { pythonVersion, machine };
}

/** By name, those that may be installed there: a marker that is not known counts as installed. */
export function installedPins(
  requirements: readonly Requirement[],
  environment: MarkerEnvironment | undefined,
): ReadonlyMap<string, readonly Requirement[]> {
  const pins = new Map<string, Requirement[]>();
  for (const requirement of requirements) {
    if (applies(requirement, environment) === false) continue;
    pins.set(requirement.name, [...(pins.get(requirement.name) ?? []), requirement]);
  }
  return pins;
}

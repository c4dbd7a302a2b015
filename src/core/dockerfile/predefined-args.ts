import { Environment } from "./environment.ts";
import { formatPlatform, parsePlatform } from "./platform.ts";
import type { ResolveOptions } from "./resolved.ts";

const PLATFORM_ARGS: readonly string[] = ["PLATFORM", "OS", "OSVERSION", "ARCH", "VARIANT"];

/** Arguments that FROM lines see without an ARG, and stages after a bare `ARG NAME`. `target`: the stage's name. */
export function globalEnvironment(options: ResolveOptions, target: string): Environment {
  const { args, platform, buildPlatform = platform } = options;
  const pairs = [...platformArgs("BUILD", buildPlatform), ...platformArgs("TARGET", platform)];
  pairs.push(["TARGETSTAGE", target === "" ? "default" : target]);
  return new Environment(
    pairs.map(([name, value]) => [name, Object.hasOwn(args, name) ? args[name] : value]),
    false,
  );
}

/** Needs no ARG to be of use: proxies, the epoch, BuildKit's own switches, and the platform arguments. */
export function isPredefined(name: string): boolean {
  if (/^(?:https?|ftp|no|all)_proxy$/i.test(name)) return true;
  if (name === "SOURCE_DATE_EPOCH" || name === "TARGETSTAGE" || name.startsWith("BUILDKIT_")) return true;
  return PLATFORM_ARGS.some((suffix) => name === `BUILD${suffix}` || name === `TARGET${suffix}`);
}

function platformArgs(prefix: "BUILD" | "TARGET", text: string): [string, string][] {
  const platform = parsePlatform(text);
  const { os, osVersion, architecture, variant } = platform;
  const values = [formatPlatform(platform), os, osVersion, architecture, variant];
  return PLATFORM_ARGS.map((suffix, index) => [prefix + suffix, values[index] ?? ""]);
}

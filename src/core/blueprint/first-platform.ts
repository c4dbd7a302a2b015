import type { Blueprint } from "./blueprint.ts";

/** Of a fleet that names none, and of images that are of no fleet. As OCI writes it. */
export const DEFAULT_PLATFORM = "linux/amd64";

/** The platform that is asked for where one is enough. */
export function firstPlatform({ platforms }: Pick<Blueprint, "platforms">): string {
  return platforms[0] ?? DEFAULT_PLATFORM;
}

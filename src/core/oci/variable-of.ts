import type { ImageConfig } from "./manifest.ts";

/** What a variable of an image's environment has; the first where it stands there twice. Undefined where it is not set. */
export function variableOf({ Env = [] }: ImageConfig["config"], name: string): string | undefined {
  return Env.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1);
}

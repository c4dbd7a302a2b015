import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The nearest file of this name in `folder` (absolute) or above it, or undefined. */
export function findUp(folder: string, name: string): string | undefined {
  const path = join(folder, name);
  if (existsSync(path)) return path;
  const above = dirname(folder);
  return above === folder ? undefined : findUp(above, name);
}

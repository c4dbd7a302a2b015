import type { EntryPoint } from "./environment.ts";
import { linesOf } from "./metadata-text.ts";

const MAX_ENTRIES = 10_000;

/** entry_points.txt (entry points specification): `[group]`, then `name = value`. */
export function readEntryPoints(text: string): readonly EntryPoint[] {
  const found: EntryPoint[] = [];
  let group = "";
  for (const line of linesOf(text)) {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#") || trimmed.startsWith(";")) continue;
    const head = /^\[(.+)\]$/.exec(trimmed)?.[1];
    if (head !== undefined) {
      group = head.trim();
      continue;
    }
    const equals = trimmed.indexOf("=");
    if (equals <= 0 || group === "" || found.length >= MAX_ENTRIES) continue;
    // Extras in brackets behind the value say what it needs, not what it is.
    const [value = ""] = trimmed.slice(equals + 1).split("[", 1);
    found.push({ group, name: trimmed.slice(0, equals).trim(), value: value.trim() });
  }
  return found;
}

/** pyvenv.cfg (PEP 405): `key = value`, keys in lower case. */
export function readVenvConfig(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of linesOf(text)) {
    const equals = line.indexOf("=");
    if (equals > 0 && found.size < 100)
      found.set(line.slice(0, equals).trim().toLowerCase(), line.slice(equals + 1).trim());
  }
  return found;
}

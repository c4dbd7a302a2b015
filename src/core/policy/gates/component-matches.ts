import type { GateFinding } from "./gate.ts";

/**
 * Whether a waiver's component is what a finding is about. A package URL with a version names that version alone, one without
 * names all; qualifiers must be equal where the waiver writes any. Anything else is a path in the image.
 */
export function componentMatches(
  wanted: string,
  { component, path }: Pick<GateFinding, "component" | "path">,
): boolean {
  if (!wanted.startsWith("pkg:")) return path !== undefined && wanted.replace(/^\//, "") === path;
  if (component === undefined) return false;
  const [name, qualifiers] = cut(wanted, "?");
  const [foundName, foundQualifiers] = cut(component, "?");
  if (qualifiers !== undefined && qualifiers !== foundQualifiers) return false;
  // A scope of npm would begin with an encoded @; what follows a plain one is the version.
  return name.includes("@") ? name === foundName : name === cut(foundName, "@")[0];
}

function cut(text: string, at: string): readonly [string, string | undefined] {
  const index = text.indexOf(at);
  return index < 0 ? [text, undefined] : [text.slice(0, index), text.slice(index + 1)];
}

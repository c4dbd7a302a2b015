import { RegistryError } from "../error.ts";

/** A member of GitHub's answer that is text. RegistryError REGISTRY_PROTOCOL where it is not. */
export function textOf(item: unknown, name: string): string {
  const value = fieldsOf(item)[name];
  if (typeof value === "string") return value;
  throw new RegistryError("REGISTRY_PROTOCOL", `GitHub's answer has no ${name}`);
}

export function fieldsOf(item: unknown): Readonly<Record<string, unknown>> {
  // Members of anything else are undefined, which each reader refuses.
  return typeof item === "object" && item !== null ? (item as Readonly<Record<string, unknown>>) : {};
}

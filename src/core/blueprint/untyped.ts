/** A value from outside that is read by key before its shape is known to be right. */
export type Untyped = Readonly<Record<string, unknown>>;

/** The map, or an empty one for anything else. */
export function mapOf(value: unknown): Untyped {
  // Just established: an object that is no list can be read by key.
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Untyped) : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The texts of a list, each once. */
export function textsOf(value: unknown): readonly string[] {
  return [...new Set(listOf(value).filter((item) => typeof item === "string"))];
}

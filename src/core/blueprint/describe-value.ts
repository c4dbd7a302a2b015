const MAX_SHOWN = 60;

/** A value as an error message shows it: short, on one line, and without anything that looks like a password. */
export function describeValue(value: unknown, literal?: string): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return "a map";
  if (typeof value === "number") return `the number ${literal ?? value}`;
  if (typeof value === "string") return JSON.stringify(shorten(redact(value)));
  return JSON.stringify(value) ?? typeof value;
}

// user:password@host, as people paste it into addresses.
function redact(text: string): string {
  return text.replaceAll(/[^\s/@:]+:[^\s/@]+@/g, "[redacted]@");
}

function shorten(text: string): string {
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}…`;
}

/** A path as people write it: `images.base-python.dockerfile`, `platforms[0]`. */
export function describePath(path: readonly (string | number)[]): string {
  return path
    .map((part, index) =>
      typeof part === "number" ? `[${part}]` : `${index === 0 ? "" : "."}${shorten(part)}`,
    )
    .join("");
}

/** The tag scheme that a blueprint without `tag` has. */
export const DEFAULT_TAG = "{date}-{sha}";

export const TAG_PLACEHOLDERS = ["date", "sha"] as const;

/** Fills a tag scheme in: `date` is the UTC date as YYYYMMDD, `sha` the short git sha. */
export function expandTag(
  scheme: string,
  values: Readonly<Record<(typeof TAG_PLACEHOLDERS)[number], string>>,
): string {
  return scheme.replaceAll("{date}", values.date).replaceAll("{sha}", values.sha);
}

/** The scheme as a pattern: what a promise looks like, whoever made it. */
export function tagPattern(scheme: string): RegExp {
  const escaped = scheme.replaceAll(/[.*+?^$()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("{date}", "[0-9]{8}").replaceAll("{sha}", "[0-9a-f]{7,40}")}$`);
}

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

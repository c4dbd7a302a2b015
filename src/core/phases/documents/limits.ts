/** No gate document that a person wrote comes near these; a hostile one ends here, before it costs time. */
export const DOCUMENT_LIMITS = {
  bytes: 2 * 1024 * 1024,
  lines: 10_000,
  /** UTF-16 units of one line. */
  line: 20_000,
  /** Blocks within blocks; a list in a list is two. */
  nesting: 24,
} as const;

/** Names that belong to nobody (RFC 2606, RFC 6761): whoever logs in there logs in nowhere. */
const NOBODY = String.raw`(?:[\w.-]+\.)?(?:example\.(?:com|net|org)|example|test|invalid|localhost|localhost\.localdomain)`;

/** A login whose user is its own password, or whose password is the word for it, is an example. */
const EXAMPLES = [
  String.raw`/:\/\/([^:@\/\s]+):\1@/i`,
  "/:(?:pass|passw|passwd|pwd|pswd|passphrase)@/i",
  "/:\\/\\/scott:tiger@/i",
  `/@${NOBODY}$/i`,
  `/@${NOBODY}[:\\/?]/i`,
];

/** By rule, in the form that the package gives to exceptions: what libraries repeat in their documentation and tests. */
export const ALLOWED: ReadonlyMap<string, readonly string[]> = new Map([
  ["basicauth", EXAMPLES],
  ["database-connection-string", EXAMPLES],
]);

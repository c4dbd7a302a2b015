/** Names that belong to nobody (RFC 2606, RFC 6761): whoever logs in there logs in nowhere. */
const NOBODY = String.raw`(?:[\w.-]+\.)?(?:example\.(?:com|net|org)|example|test|invalid|localhost|localhost\.localdomain)`;

const LOGIN_EXAMPLES = [
  `/@${NOBODY}$/i`,
  String.raw`/@${NOBODY}[:\/?]/i`,
  // A user who is the password, or a password that is the word for one.
  String.raw`/:\/\/([^:@\/\s]+):\1@/i`,
  "/:(?:pass|passw|passwd|pwd|pswd|passphrase)@/i",
  "/:<[^<>@]{1,40}>@/",
  // Of a database that a vendor's manuals have had for decades.
  String.raw`/:\/\/scott:tiger@/i`,
];

/**
 * By rule, in the form that the package gives to exceptions: what libraries repeat in their documentation and tests. Each is
 * seen in an image or a wheel; none is a name of a file, since what a file is called says nothing of what is in it.
 */
export const ALLOWED: ReadonlyMap<string, readonly string[]> = new Map([
  ["basicauth", LOGIN_EXAMPLES],
  ["database-connection-string", LOGIN_EXAMPLES],
  // Real ones have ten digits or more in each part, and letters in the last.
  ["slack", [String.raw`/^xox[a-z](?:-[0-9]{1,8})+$/`]],
]);

/** The code of a failed system call (`ENOENT`), or undefined. */
export function systemCode(thrown: unknown): string | undefined {
  // `syscall` tells the system's errors from our own and from Node's ERR_*, which have codes too.
  if (!(thrown instanceof Error && "syscall" in thrown && "code" in thrown)) return undefined;
  return typeof thrown.code === "string" ? thrown.code : undefined;
}

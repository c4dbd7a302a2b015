/** Another machine, as `ssh://[user@]host[:port]` names it. */
export interface SshAddress {
  readonly host: string;
  readonly user: string | undefined;
  readonly port: string | undefined;
}

/** Reads an address; undefined for any other text. */
export function parseSshAddress(text: string): SshAddress | undefined {
  // Neither may begin with a dash: ssh would take it for an option (CVE-2017-1000117 in other programs).
  const found = /^ssh:\/\/(?:([\w.][\w.-]*)@)?([\w][\w.-]*|\[[0-9a-fA-F:]+\])(?::(\d{1,5}))?\/?$/.exec(text);
  if (found?.[2] === undefined) return undefined;
  return { host: found[2].replaceAll(/[[\]]/g, ""), user: found[1], port: found[3] };
}

/** The argv that runs a command there. The other end gives the words to a shell: pass only words that need no quotes. */
export function sshArgv(
  { host, user, port }: SshAddress,
  command: readonly string[],
): readonly [string, ...string[]] {
  return [
    "ssh",
    // Nobody sits there to type a password, and a machine that is off must not hold the others up.
    "-o",
    "BatchMode=yes",
    "-o",
    "ConnectTimeout=10",
    "-T",
    ...(user === undefined ? [] : ["-l", user]),
    ...(port === undefined ? [] : ["-p", port]),
    "--",
    host,
    ...command,
  ];
}

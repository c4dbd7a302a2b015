/**
 * The URL of `origin`, else of the first remote, out of `git config -z --get-regexp '^remote\..*\.url$'`.
 * Undefined where there is none, or where it is a path of this machine, which would say nothing elsewhere.
 */
export function pickRemoteUrl(config: string): string | undefined {
  const remotes = config.split("\0").flatMap((entry) => {
    const end = entry.indexOf("\n");
    return end < 0 ? [] : [{ key: entry.slice(0, end), url: entry.slice(end + 1) }];
  });
  const remote = remotes.find(({ key }) => key === "remote.origin.url") ?? remotes[0];
  return remote && withoutCredentials(remote.url);
}

/** A remote's URL as it may be shown and put in a label: no password, no token, no query. */
export function withoutCredentials(url: string): string | undefined {
  // `git@host:path`, git's short form of ssh: a user without a password.
  const short = /^(?:[^/:@\s]+@)?[^/:@\s]{2,}:(?!\/\/)[^\s]+$/;
  if (!url.includes("://")) return short.test(url) ? url : undefined;
  if (!URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  if (parsed.protocol === "file:") return undefined;
  parsed.password = "";
  // A token is often given as the user of an https URL; the user of ssh is needed and no secret.
  if (!parsed.protocol.startsWith("ssh") && parsed.protocol !== "git+ssh:") parsed.username = "";
  parsed.search = "";
  parsed.hash = "";
  return parsed.href;
}

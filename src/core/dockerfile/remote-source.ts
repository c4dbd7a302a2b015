/** What an ADD or COPY source is, by its text: fetched over HTTP, a git repository, or a path. */
export type SourceKind = "http" | "git" | "path" | "refused";

const SCP = /^[a-zA-Z0-9_-]+@[a-zA-Z0-9.-]+:/;

/**
 * As BuildKit decides (dfgitutil.ParseGitRef): an http(s) URL is a repository where its path ends in `.git`; git, ssh
 * and `user@host:path` always are. "refused": a repository with a query that BuildKit does not know.
 */
export function sourceKind(source: string): SourceKind {
  const scheme = /^([a-zA-Z0-9]+):\/\//.exec(source)?.[1]?.toLowerCase();
  const isHttp = source.startsWith("http://") || source.startsWith("https://");
  if (scheme === undefined) return SCP.test(source) ? git(source) : "path";
  if (scheme === "git" || scheme === "ssh") return git(source);
  if (scheme !== "http" && scheme !== "https") return "path";
  if (/^[^?#]*\.git(?:[?#]|$)/.test(source)) return git(source);
  return isHttp ? "http" : "path";
}

const QUERY_KEYS: ReadonlySet<string> = new Set(
  "ref tag branch subdir checksum commit keep-git-dir submodules".split(" "),
);

function git(source: string): SourceKind {
  const query = /\?([^#]*)/.exec(source.split("#", 1)[0] ?? "")?.[1] ?? "";
  const keys = query.split("&").flatMap((part) => (part === "" ? [] : (part.split("=", 1)[0] ?? [])));
  return keys.every((key) => QUERY_KEYS.has(key)) ? "git" : "refused";
}

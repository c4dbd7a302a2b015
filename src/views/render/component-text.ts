/** What a purl names, for people: `openssl 3.0.11-1 (deb)`. What is no purl stays as it is. */
export function componentText(purl: string): string {
  const { type, name, version } = componentParts(purl);
  return `${name}${version === "" ? "" : ` ${version}`}${type === "" ? "" : ` (${type})`}`;
}

export interface ComponentParts {
  /** `deb`, `pypi`; empty where the text is no purl. */
  readonly type: string;
  readonly name: string;
  readonly version: string;
}

/** The namespace (a distribution) is left out: of one image, all packages have the same. */
export function componentParts(purl: string): ComponentParts {
  const [, type = "", path = "", version = ""] = /^pkg:([^/]+)\/([^@?#]+)(?:@([^?#]*))?/.exec(purl) ?? [];
  if (type === "") return { type, name: purl, version };
  return { type, name: decoded(path.slice(path.lastIndexOf("/") + 1)), version: decoded(version) };
}

/** Beyond ASCII nothing is decoded: bytes of somebody else's purl need not be UTF-8. */
function decoded(text: string): string {
  return text.replaceAll(/%([2-7][\dA-Fa-f])/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** The same component in whatever version: what makes it the same finding in the next run. */
export function withoutVersion(purl: string): string {
  return purl.replace(/^(pkg:[^@?#]+)@[^?#]*/, "$1");
}

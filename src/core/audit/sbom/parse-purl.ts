/** A package URL (ECMA-427), taken apart; its subpath is left out. */
export interface Purl {
  /** In lower case: `deb`, `pypi`. */
  readonly type: string;
  readonly namespace?: string;
  readonly name: string;
  readonly version?: string;
  /** Keys in lower case. */
  readonly qualifiers?: Readonly<Record<string, string>>;
}

const LONGEST = 4096;
const FORM =
  /^pkg:\/{0,2}(?<type>[A-Za-z][A-Za-z0-9.+-]*)\/(?<path>[^@?#]+)(?:@(?<version>[^?#]*))?(?:\?(?<query>[^#]*))?(?:#.*)?$/;

/** Undefined where the text is no purl. */
export function parsePurl(text: string): Purl | undefined {
  const parts = text.length > LONGEST ? undefined : FORM.exec(text)?.groups;
  if (parts === undefined) return undefined;
  const path = (parts["path"] ?? "").split("/").filter((part) => part !== "");
  const names = path.map(decoded);
  const version = decoded(parts["version"] ?? "");
  const qualifiers = qualifiersOf(parts["query"] ?? "");
  const name = names.at(-1);
  if (name === undefined || version === undefined || qualifiers === undefined) return undefined;
  if (names.includes(undefined)) return undefined;
  const namespace = names.slice(0, -1).join("/");
  return {
    type: (parts["type"] ?? "").toLowerCase(),
    ...(namespace === "" ? {} : { namespace }),
    name,
    ...(version === "" ? {} : { version }),
    ...(qualifiers.length === 0 ? {} : { qualifiers: Object.fromEntries(qualifiers) }),
  };
}

function qualifiersOf(query: string): readonly (readonly [string, string])[] | undefined {
  const pairs = query.split("&").filter((pair) => pair !== "");
  const read = pairs.map((pair) => {
    const equals = pair.indexOf("=");
    const value = decoded(pair.slice(equals + 1));
    return equals < 1 || value === undefined
      ? undefined
      : ([pair.slice(0, equals).toLowerCase(), value] as const);
  });
  return read.every((pair) => pair !== undefined) ? read : undefined;
}

/** Undefined where its escapes are no UTF-8. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch (thrown) {
    if (thrown instanceof URIError) return undefined;
    throw thrown;
  }
}

/** A folder of a search path, absolute; or what in it nobody knows before it runs. */
export type SearchFolder = { readonly folder: string } | { readonly unknown: string };

export interface Tokens {
  /** Folder of the object, absolute. */
  readonly origin: string;
  readonly lib: string | undefined;
  /** The folder that the program is started in, absolute. */
  readonly cwd: string;
}

/** Elements of a DT_RPATH or DT_RUNPATH, tokens put in; an empty one is the folder of the start, a wholly empty text none. */
export function expandPath(text: string, tokens: Tokens): readonly SearchFolder[] {
  return text === "" ? [] : text.split(":").map((element) => expandElement(element, tokens));
}

/** Of LD_LIBRARY_PATH: parted by `:` or `;`. */
export function expandLibraryPath(text: string, tokens: Tokens): readonly SearchFolder[] {
  return text === "" ? [] : text.split(/[:;]/).map((element) => expandElement(element, tokens));
}

/** `$ORIGIN`, `$LIB`, `$PLATFORM`, also in braces (ld.so(8)). */
export function expandTokens(text: string, { origin, lib }: Tokens): string | { readonly unknown: string } {
  let unknown: string | undefined;
  const expanded = text.replace(
    /\$(?:\{(ORIGIN|LIB|PLATFORM)\}|(ORIGIN|LIB|PLATFORM)(?![A-Za-z0-9_]))/g,
    (token, braced?: string, plain?: string) => {
      const name = braced ?? plain;
      const value = name === "ORIGIN" ? origin : name === "LIB" ? lib : undefined;
      if (value === undefined) unknown = token;
      return value ?? token;
    },
  );
  return unknown === undefined ? expanded : { unknown: `${text} has ${unknown}, which the machine decides` };
}

function expandElement(element: string, tokens: Tokens): SearchFolder {
  const expanded = element === "" ? tokens.cwd : expandTokens(element, tokens);
  if (typeof expanded !== "string") return expanded;
  const folder = expanded.startsWith("/") ? expanded : `${tokens.cwd}/${expanded}`;
  return { folder: folder.replace(/\/+$/, "") };
}

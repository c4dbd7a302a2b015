import { expandTokens, MAX_PATH, type TokenValues } from "./tokens.ts";

/** More than any file lists; what comes after is passed over, and said. */
export const MAX_FOLDERS = 1000;

/** A folder of a search path, as the loader puts it before a name: with a slash at its end, or "" for the working directory. */
export interface SearchFolder {
  readonly prefix: string;
  /** It names `$PLATFORM`: all that it may be, undefined where that is not known. */
  readonly alternatives?: readonly string[] | undefined;
  readonly hostDependent?: true;
}

export interface FolderRules {
  readonly separators: RegExp;
  readonly tokens: TokenValues;
  /** Whether a path that `$ORIGIN` is in may be used (programs with more rights than their user). */
  readonly trusts?: (path: string) => boolean;
}

/** DT_RPATH, DT_RUNPATH and LD_LIBRARY_PATH to folders (`fillin_rpath`): an empty element is the working directory. */
export function parseFolders(
  text: string,
  { separators, tokens, trusts }: FolderRules,
): readonly SearchFolder[] {
  if (text === "") return [];
  const folders = new Map<string, SearchFolder>();
  for (const element of text.split(separators)) {
    if (folders.size >= MAX_FOLDERS) break;
    const expanded = expandTokens(element, tokens);
    if (expanded.kind === "dropped") continue;
    if (expanded.kind === "host") {
      const alternatives = expanded.texts?.map(prefixOf);
      folders.set(element, { prefix: element, alternatives, hostDependent: true });
      continue;
    }
    const { text: path, ofOrigin } = expanded;
    if ((path === "" && element !== "") || path.length > MAX_PATH) continue;
    if (ofOrigin && trusts?.(path) === false) continue;
    const prefix = prefixOf(path);
    if (!folders.has(prefix)) folders.set(prefix, { prefix });
  }
  return [...folders.values()];
}

function prefixOf(path: string): string {
  return path === "" ? "" : `${path.replace(/\/+$/, "")}/`;
}

/** Whether a path leads into one of the loader's own folders, `.` and `..` taken out by its text (`is_trusted_path_normalize`). */
export function isTrusted(path: string, systemFolders: readonly string[]): boolean {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  const plain = `/${parts.join("/")}/`;
  return systemFolders.some((folder) => plain.startsWith(folder));
}

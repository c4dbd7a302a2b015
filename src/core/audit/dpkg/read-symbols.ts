import { fieldsText } from "./database-text.ts";
import { dpkgInvalid, shown } from "./invalid.ts";
import { compareDebianVersions, parseDebianVersion } from "./version.ts";

/** What `symbols` says of one library. */
export interface LibrarySymbols {
  readonly soname: string;
  /** Dependencies by number, `#MINVER#` in the place of `(>= version)`: `libssl3 #MINVER#`. */
  readonly templates: readonly string[];
  /** By version node, the lowest version of the package that has it; `Base` for symbols without one. */
  readonly nodes: ReadonlyMap<string, string>;
  /** By `symbol@node`, the version of the package since which it is there. */
  readonly symbols: ReadonlyMap<string, string>;
}

const MAX_SYMBOLS = 1_000_000;

/**
 * deb-symbols(5): a header for each library, `|` further templates, `*` fields, then a line with a space before it for each
 * symbol: `symbol@node version [template]`. Throws AuditError DPKG_INVALID.
 */
export function readSymbols(bytes: Uint8Array, file: string): readonly LibrarySymbols[] {
  const found: OpenLibrary[] = [];
  let count = 0;
  for (const [index, line] of fieldsText(bytes).split("\n").entries()) {
    const place = { file, line: index + 1 };
    const first = line.charAt(0);
    if (first === "" || first === "#") continue;
    if (first !== " " && first !== "|" && first !== "*") {
      const space = line.indexOf(" ");
      if (space < 1) throw dpkgInvalid(`"${shown(line)}" is no library with its package`, place);
      found.push(new OpenLibrary(line.slice(0, space), line.slice(space + 1).trim()));
      continue;
    }
    const library = found.at(-1);
    if (library === undefined) throw dpkgInvalid("it begins without a library", place);
    if (first === "|") library.templates.push(line.slice(1).trim());
    else if (first === " ") {
      if (++count > MAX_SYMBOLS) throw dpkgInvalid(`more than ${MAX_SYMBOLS} symbols`, place);
      if (!library.add(line.slice(1)))
        throw dpkgInvalid(`"${shown(line)}" is no symbol with its version`, place);
    }
  }
  return found;
}

class OpenLibrary implements LibrarySymbols {
  readonly soname: string;
  readonly templates: string[];
  readonly nodes = new Map<string, string>();
  readonly symbols = new Map<string, string>();

  constructor(soname: string, template: string) {
    this.soname = soname;
    this.templates = [template];
  }

  add(text: string): boolean {
    // A symbol may hold spaces where it is quoted; a tag in brackets stands before it in sources only.
    const words = text.trim().split(" ");
    if (words.length > 2 && /^[0-9]{1,4}$/.test(words.at(-1) ?? "")) words.pop();
    const version = words.pop();
    const symbol = words.join(" ");
    const at = symbol.lastIndexOf("@");
    if (version === undefined || at < 1 || parseDebianVersion(version) === undefined) return false;
    this.symbols.set(symbol, version);
    const node = symbol.slice(at + 1);
    const known = this.nodes.get(node);
    if (known === undefined || isLower(version, known)) this.nodes.set(node, version);
    return true;
  }
}

function isLower(a: string, b: string): boolean {
  const [one, other] = [parseDebianVersion(a), parseDebianVersion(b)];
  return one !== undefined && other !== undefined && compareDebianVersions(one, other) < 0;
}

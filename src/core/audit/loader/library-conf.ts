import { nameText } from "../tar/text.ts";
import type { ConfiguredFolder } from "./image-memo.ts";
import type { LoaderImage } from "./load-trace.ts";
import { MAX_PATH } from "./tokens.ts";

const CONF = "etc/ld.so.conf";
/** ldconfig has no limits of its own, and runs until it is out of files or memory. */
const [MAX_FILES, MAX_LINES, MAX_FOLDERS, MAX_PATTERNS, MAX_BYTES] = [200, 10_000, 1000, 20, 1024 * 1024];
/** Of all patterns together: names of files, each by what comparing it may cost. A second at most. */
const MAX_GLOB_STEPS = 20_000_000;

/**
 * The folders that `ldconfig` would list: `etc/ld.so.conf` with its includes, in order, each once. The loader itself never reads
 * these files: they tell what a cache should hold, and so why a library is not found that lies where one expects it.
 */
export function readLibraryFolders(image: LoaderImage): readonly ConfiguredFolder[] {
  const folders = new Map<string, ConfiguredFolder>();
  const open: { path: string; lines: string[]; line: number }[] = [];
  const seen = new Set<string>();
  let budget = MAX_LINES;
  const budgetOfPatterns = { left: MAX_PATTERNS, steps: MAX_GLOB_STEPS };
  const enter = (path: string) => {
    const place = image.tree.resolve(path);
    // ldconfig would follow a file that includes itself until it has no more files to open.
    if (place === undefined || seen.has(place.path) || seen.size >= MAX_FILES) return;
    seen.add(place.path);
    const bytes = image.contentOf(place.path);
    if (bytes !== undefined)
      open.push({ path, lines: nameText(bytes.subarray(0, MAX_BYTES)).split("\n"), line: 0 });
  };
  enter(CONF);
  for (let file = open.at(-1); file !== undefined && budget > 0; file = open.at(-1)) {
    const text = file.lines[file.line];
    if (text === undefined) {
      open.pop();
      continue;
    }
    file.line++;
    budget--;
    const said = text.replace(/[#\0][\s\S]*$/, "").trim();
    const include = /^include[ \t]+(.*)$/.exec(said)?.[1];
    if (include !== undefined) {
      // The last is entered last and read first, so that they are read in their order.
      for (const path of includedBy(image, {
        file: file.path,
        patterns: include,
        budget: budgetOfPatterns,
      }).reverse())
        enter(path);
    } else if (said !== "" && !/^hwcap[ \t]/i.test(said)) add(folders, said, file);
  }
  return [...folders.values()];
}

function add(
  folders: Map<string, ConfiguredFolder>,
  said: string,
  { path: file, line }: { readonly path: string; readonly line: number },
): void {
  // "folder=libc6": a kind of library that only ldconfig knows.
  const path = said
    .replace(/=.*$/, "")
    .trim()
    .replace(/^\/+|\/+$/g, "");
  if (path !== "" && !folders.has(path) && folders.size < MAX_FOLDERS)
    folders.set(path, { path, file, line });
}

interface Include {
  readonly file: string;
  readonly patterns: string;
  /** Each pattern walks all files of the image. */
  readonly budget: GlobBudget;
}

interface GlobBudget {
  left: number;
  steps: number;
}

function includedBy(image: LoaderImage, { file, patterns, budget }: Include): string[] {
  return patterns
    .split(/[ \t]+/)
    .filter((pattern) => pattern !== "")
    .slice(0, MAX_FILES)
    .flatMap((pattern) => {
      const whole = pattern.startsWith("/") ? pattern : `${file.replace(/[^/]*$/, "")}${pattern}`;
      const plain = whole.replace(/^\/+/, "");
      if (!/[*?[]/.test(plain)) return [plain];
      budget.left--;
      // No path that is opened is longer (PATH_MAX).
      return budget.left < 0 || plain.length > MAX_PATH ? [] : globbed(image, plain, budget);
    });
}

/** Paths that a pattern of glob(7) names, sorted. Without links in the folders of the pattern. */
function globbed({ tree }: LoaderImage, pattern: string, budget: GlobBudget): readonly string[] {
  const parts = pattern.split("/").map((part) => ({ length: part.length, matches: partOf(part) }));
  const found: string[] = [];
  for (const [path] of tree.walk()) {
    budget.steps--;
    const names = path.split("/");
    const isNamed =
      names.length === parts.length &&
      parts.every(({ length, matches }, index) => {
        const name = names[index] ?? "";
        budget.steps -= (name.length * length) >> 4;
        return budget.steps >= 0 && matches(name);
      });
    if (isNamed) found.push(path);
    if (found.length >= MAX_FILES || budget.steps < 0) break;
  }
  return found.sort();
}

/** A matcher without a regular expression of hostile text: `*` and `?` by two marks, sets of letters by their ends. */
function partOf(pattern: string): (name: string) => boolean {
  const tokens = tokensOf(pattern);
  return (name) => {
    // A leading dot is only named by a dot.
    if (name.startsWith(".") && !pattern.startsWith(".")) return false;
    let [at, token, star, mark] = [0, 0, -1, 0];
    while (at < name.length) {
      const each = tokens[token];
      if (each === "*") {
        [star, mark] = [token, at];
        token++;
      } else if (each?.has(name.charAt(at))) {
        token++;
        at++;
      } else if (star >= 0) {
        token = star + 1;
        mark++;
        at = mark;
      } else return false;
    }
    return tokens.slice(token).every((each) => each === "*");
  };
}

interface Letters {
  has(letter: string): boolean;
}

function tokensOf(pattern: string): readonly ("*" | Letters)[] {
  const tokens: ("*" | Letters)[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const letter = pattern.charAt(at);
    if (letter === "*") tokens.push("*");
    else if (letter === "?") tokens.push({ has: () => true });
    else if (letter === "[" && pattern.indexOf("]", at + 2) > 0) {
      const end = pattern.indexOf("]", at + 2);
      tokens.push(setOf(pattern.slice(at + 1, end)));
      at = end;
    } else {
      const plain = letter === "\\" ? pattern.charAt(++at) : letter;
      tokens.push({ has: (each) => each === plain });
    }
  }
  return tokens;
}

function setOf(inner: string): Letters {
  const negated = /^[!^]/.test(inner);
  const ranges = [...inner.slice(negated ? 1 : 0).matchAll(/([\s\S])-([\s\S])|([\s\S])/g)].map(
    ({ 1: from, 2: to, 3: one }) => [from ?? one ?? "", to ?? one ?? ""] as const,
  );
  return { has: (letter) => ranges.some(([from, to]) => from <= letter && letter <= to) !== negated };
}

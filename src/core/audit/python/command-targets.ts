import { type Isolation, pythonTargets } from "./python-command.ts";
import { SERVERS } from "./server-command.ts";
import { shellCommands } from "./shell-words.ts";
import { unwrapped } from "./wrapper-command.ts";

/** What a command line starts. */
export interface CommandTargets {
  /** Python modules that it imports or runs by name. */
  readonly modules: readonly TargetModule[];
  /** Python files that it runs, as written: `app.py`, `/srv/main.py`. */
  readonly files: readonly string[];
  /** Programs in the order in which they start each other, as written: `tini`, `uvicorn`. Each may be a console script. */
  readonly programs: readonly string[];
  /** Python source given by `-c`. */
  readonly code: readonly TargetCode[];
  /** Files that a shell is given to read. */
  readonly scripts: readonly string[];
  /** Words where a name was expected, but a variable stands: `$APP_MODULE`. */
  readonly open: readonly string[];
  /** Of all that it starts of Python, where all of it is alike in that. */
  readonly isolation: Isolation;
}

export interface TargetCode {
  readonly text: string;
  /** As that of a module. */
  readonly folder?: string;
}

export interface TargetModule {
  readonly module: string;
  /** That the shell went to before, as it is written: modules are looked for there. */
  readonly folder?: string;
  /** By `-m`: of a package, its `__main__` runs. */
  readonly isRun?: true;
  /** `app` of `pkg.mod:app`. */
  readonly attribute?: string;
}

/** The word that stands for the running interpreter in an argv that Python source builds. */
export const SELF_PROGRAM = "sys.executable";

/** Shells in shells and wrappers in wrappers; nobody stacks more. */
const MAX_DEPTH = 10;
const SHELLS: ReadonlySet<string> = new Set(["sh", "bash", "dash", "ash", "zsh", "ksh"]);
/** Words of the shell itself, which start nothing. */
export const BUILT_IN: ReadonlySet<string> = new Set(
  "cd export set unset echo printf test [ [[ true false : . source read return shift trap umask ulimit wait eval local exit alias if then else elif fi for in do done while until case esac { } !".split(
    " ",
  ),
);
/** Words after which a command begins. */
const LEADING: ReadonlySet<string> = new Set([
  "exec",
  "command",
  "then",
  "do",
  "else",
  "if",
  "while",
  "until",
  "elif",
  "!",
  "{",
  "time",
  "builtin",
]);

interface Found {
  readonly modules: TargetModule[];
  readonly files: string[];
  readonly programs: string[];
  readonly code: TargetCode[];
  readonly scripts: string[];
  readonly open: string[];
  /** One of each start of Python. */
  readonly isolations: Isolation[];
}

/** An argv, such as CMD or ENTRYPOINT in exec form, to what it starts. Wrappers and shells are looked through. */
export function commandTargets(argv: readonly string[]): CommandTargets {
  const found = nothing();
  follow(found, argv, 0);
  return targetsOf(found);
}

/** The same for a line that a shell reads: CMD in shell form, `os.system`. */
export function shellTargets(line: string): CommandTargets {
  const found = nothing();
  followLine(found, line, 0);
  return targetsOf(found);
}

function nothing(): Found {
  return { modules: [], files: [], programs: [], code: [], scripts: [], open: [], isolations: [] };
}

function targetsOf({ isolations, ...found }: Found): CommandTargets {
  const all = (has: (each: Isolation) => true | undefined): boolean =>
    isolations.length > 0 && isolations.every((each) => has(each) === true);
  return {
    ...found,
    isolation: {
      ...(all(({ noFolder }) => noFolder) ? { noFolder: true as const } : {}),
      ...(all(({ noVariables }) => noVariables) ? { noVariables: true as const } : {}),
    },
  };
}

/** Names are taken from the folder that a `cd` before them leads to. */
function followLine(found: Found, line: string, depth: number): void {
  let folder: string | undefined = "";
  for (const command of shellCommands(line)) {
    const words = withoutLead(command);
    const inFolder = nothing();
    follow(inFolder, words, depth + 1);
    addFrom(found, inFolder, folder);
    // Where a sub-shell ends is not known here, and what it changed ends with it.
    if (words[0] === "cd") folder = line.includes("(") ? undefined : folderAfter(folder, words.slice(1));
  }
}

/** Where a `cd` with these words leads to. Undefined: only who runs it knows. */
export function folderAfter(folder: string | undefined, rest: readonly string[]): string | undefined {
  const [to, ...more] = rest.filter((word) => !/^-[LPe-]+$/.test(word));
  if (to === undefined || more.length > 0 || to === "-" || /[$`~*?[]/.test(to)) return undefined;
  return inFolderOf(folder, to);
}

function inFolderOf(folder: string | undefined, path: string): string | undefined {
  if (path.startsWith("/") || folder === "") return path;
  return folder === undefined ? undefined : `${folder}/${path}`;
}

/** A program with no slash in its name is looked for on PATH, wherever the shell is. */
function addFrom(
  found: Found,
  { modules, files, programs, code, scripts, open, isolations }: Found,
  folder: string | undefined,
): void {
  const add = (to: string[], path: string): void => {
    const at = inFolderOf(folder, path);
    if (at === undefined) found.open.push(path);
    else to.push(at);
  };
  for (const file of files) add(found.files, file);
  for (const script of scripts) add(found.scripts, script);
  for (const program of programs)
    if (program.includes("/")) add(found.programs, program);
    else found.programs.push(program);
  for (const each of modules) {
    if (folder === undefined) found.open.push(each.module);
    else found.modules.push(folder === "" || each.folder !== undefined ? each : { ...each, folder });
  }
  for (const each of code) {
    // A shell puts in what its variables hold before anybody reads it; which quotes stood there is not known here.
    if (folder === undefined || /[$`]/.test(each.text)) found.open.push(each.text);
    else found.code.push(folder === "" || each.folder !== undefined ? each : { ...each, folder });
  }
  found.open.push(...open);
  found.isolations.push(...isolations);
}

/** Without the shell's words and the variables in front of a command. */
export function withoutLead(words: readonly string[]): readonly string[] {
  let at = 0;
  while (at < words.length && (LEADING.has(words[at] ?? "") || /^[A-Za-z_]\w*=/.test(words[at] ?? ""))) at++;
  return words.slice(at);
}

function follow(found: Found, argv: readonly string[], depth: number): void {
  const [program, ...rest] = argv;
  if (program === undefined || program === "" || depth > MAX_DEPTH || BUILT_IN.has(program)) return;
  if (program.includes("$") || program.includes("`")) {
    found.open.push(program);
    return;
  }
  const name = program.replace(/^.*\//, "");
  if (program !== SELF_PROGRAM) found.programs.push(program);
  if (name === "busybox") return follow(found, rest, depth + 1);
  if (SHELLS.has(name)) return followShell(found, rest, depth);
  if (program === SELF_PROGRAM || /^(?:python|pypy)[\d.]*[dmt]?$/.test(name))
    return followPython(found, rest);
  const inner = unwrapped(name, rest);
  if (inner !== undefined) return follow(found, inner, depth + 1);
  // `./manage.py runserver`, by its own first line.
  if (name.endsWith(".py")) found.files.push(program);
  serverArguments(found, name, rest);
}

function followShell(found: Found, rest: readonly string[], depth: number): void {
  let isLine = false;
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at] ?? "";
    if (/^[-+][a-zA-Z]*[oO]$|^--(?:rcfile|init-file)$/.test(word)) at++;
    else if (/^-[a-z]*s[a-z]*$/.test(word) && !isLine) return;
    else if (/^-[a-z]*c[a-z]*$/.test(word)) isLine = true;
    else if (!/^[-+]/.test(word)) {
      if (isLine) followLine(found, word, depth + 1);
      else addName(found, word, (path) => found.scripts.push(path));
      return;
    }
  }
}

function followPython(found: Found, rest: readonly string[]): void {
  const target = pythonTargets(rest);
  if (target !== undefined) found.isolations.push(target);
  switch (target?.kind) {
    case undefined:
      return;
    case "code":
      found.code.push({ text: target.text });
      return;
    case "file":
      addName(found, target.path, (path) => found.files.push(path));
      return;
    case "module":
      addName(found, target.module, (module) => found.modules.push({ module, isRun: true }));
      // `python -m uvicorn app:app` reads its arguments as `uvicorn` does; `-m pdb x.py` runs a file.
      serverArguments(found, target.module.split(".", 1)[0] ?? "", target.rest);
  }
}

function serverArguments(found: Found, name: string, rest: readonly string[]): void {
  for (const target of SERVERS.get(name)?.(rest) ?? []) {
    const { kind, text } = target;
    found.isolations.push({});
    if (kind === "file") addName(found, text, (path) => found.files.push(path));
    else addName(found, text, (name) => addModule(found, name, kind));
  }
}

function addModule(found: Found, text: string, kind: "module" | "object"): void {
  const [module = "", attribute] = text.split(":", 2);
  if (!/^[\p{ID_Start}_][\p{ID_Continue}.]*$/u.test(module)) return;
  if (attribute !== undefined && attribute !== "")
    found.modules.push({ module, attribute: attribute.replace(/\(.*$/s, "") });
  else if (kind === "object" && module.includes(".")) {
    // `uvicorn.workers.UvicornWorker`: the last part is what the module holds.
    const at = module.lastIndexOf(".");
    found.modules.push({ module: module.slice(0, at), attribute: module.slice(at + 1) });
  } else found.modules.push({ module });
}

function addName(found: Found, text: string, add: (text: string) => void): void {
  if (text.includes("$") || text.includes("`")) found.open.push(text);
  else if (text !== "") add(text);
}

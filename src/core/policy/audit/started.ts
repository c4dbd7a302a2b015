import { findProgram } from "../../audit/image/find-program.ts";
import { type CommandTargets, commandTargets, SELF_PROGRAM } from "../../audit/python/command-targets.ts";
import type { Isolation } from "../../audit/python/python-command.ts";
import type { PythonSource } from "../../audit/python/python-source.ts";
import { scriptCommands } from "../../audit/python/shell-script.ts";
import type { Level } from "../../audit/reach/reach-modules.ts";
import type { AuditFacts } from "./audit-facts.ts";
import type { Reason } from "./reason.ts";

/** A program of the image that something starts. */
export interface StartedProgram {
  /** Plain path, links resolved. */
  readonly path: string;
  /** The path by which it was called, its own links not resolved: a venv's `bin/python` is known by it. */
  readonly calledAs: string;
  readonly reason: Reason;
}

/** A Python module, file or text that is run, by the interpreter of the command or by the console script that names it. */
export interface StartedPython {
  readonly kind: "module" | "file" | "code";
  /** `pkg.mod`, a plain path, or what a traceback calls the text. */
  readonly name: string;
  /** What the text says. */
  readonly source?: PythonSource;
  /** Of a command in a script: optional where it may not run, or its failure is borne. */
  readonly level: Level;
  readonly isolation: Isolation;
  /** Plain path: where a shell went before it started a module. */
  readonly folder?: string;
  /** A module that runs as `__main__`. */
  readonly isRun?: true;
  readonly reason: Reason;
}

export interface Started {
  readonly programs: readonly StartedProgram[];
  readonly python: readonly StartedPython[];
  /** Words that name no program of the image. */
  readonly missing: readonly MissingWord[];
  /** A script starts what only variables name: nobody knows whether more of Python. */
  readonly isOpen: boolean;
}

interface MissingWord {
  readonly word: string;
  readonly why: string;
  readonly level: Level;
  readonly reason: Reason;
}

interface Lists {
  readonly programs: StartedProgram[];
  readonly python: StartedPython[];
  readonly missing: MissingWord[];
  isOpen: boolean;
  commands: number;
}

/** A script that names another script as its interpreter is not run by Linux more than this deep. */
const MAX_DEPTH = 4;
/** Commands of all scripts together: scripts may start each other. */
const MAX_COMMANDS = 2000;

/** What a container of the image starts by itself: its entrypoint with the default command, and its health check. */
export function startedBy(facts: AuditFacts): Started {
  const { Entrypoint = [], Cmd = [], Healthcheck } = facts.config;
  const lists: Lists = { programs: [], python: [], missing: [], isOpen: false, commands: 0 };
  const [form, ...test] = Healthcheck?.Test ?? [];
  const start = [...Entrypoint, ...Cmd];
  const first = { depth: 0, level: "required" } as const;
  follow(facts, { argv: start, reason: { what: "entrypoint", name: start.join(" ") }, ...first }, lists);
  const check = form === "CMD" ? test : form === "CMD-SHELL" ? ["/bin/sh", "-c", ...test] : [];
  follow(facts, { argv: check, reason: { what: "healthcheck", name: test.join(" ") }, ...first }, lists);
  return lists;
}

interface Asked {
  readonly argv: readonly string[];
  readonly reason: Reason;
  readonly depth: number;
  readonly level: Level;
  /** Plain path of the folder that a script went to. */
  readonly folder?: string;
}

function follow(facts: AuditFacts, asked: Asked, lists: Lists): void {
  const { argv, reason, depth, level } = asked;
  if (argv.length === 0 || depth > MAX_DEPTH) return;
  const targets = commandTargets(argv);
  if (depth > 0 && targets.open.length > 0) lists.isOpen = true;
  for (const word of targets.programs) locate(facts, { ...asked, word }, lists);
  addPython(facts, targets, asked, lists);
  for (const file of targets.files) {
    const path = inImage(facts, file);
    if (path === undefined)
      lists.missing.push({ word: file, why: `${file} is not in the image`, level, reason });
    else lists.python.push({ kind: "file", name: path, level, isolation: targets.isolation, reason });
  }
  for (const file of targets.scripts) {
    const path = inImage(facts, file);
    if (path !== undefined)
      followScript(facts, { ...asked, path, rest: argv.slice(argv.lastIndexOf(file) + 1) }, lists);
    // A shell looks for it on PATH, too.
    else if (!findProgram(facts.tree, file, { config: facts.config, who: undefined }).ok)
      lists.missing.push({ word: file, why: `${file} is not in the image`, level, reason });
  }
}

/** Modules, and texts that stand on the command line. */
function addPython(
  facts: AuditFacts,
  { modules, code, isolation }: CommandTargets,
  { reason, level, folder: start }: Asked,
  lists: Lists,
): void {
  const placed = (folder: string | undefined): Pick<StartedPython, "folder"> => {
    const at = folder === undefined ? start : facts.tree.resolve(fromStart(facts, folder))?.path;
    return at === undefined ? {} : { folder: at };
  };
  for (const { module, folder, isRun } of modules)
    lists.python.push({
      kind: "module",
      name: module,
      level,
      isolation,
      reason,
      ...placed(folder),
      ...(isRun === undefined ? {} : { isRun }),
    });
  for (const { text, folder } of code) {
    const source = facts.codeOf(text);
    if (source === undefined) continue;
    const others = lists.python.filter(({ kind }) => kind === "code").length;
    const name = others === 0 ? "<string>" : `<string ${others + 1}>`;
    lists.python.push({ kind: "code", name, source, level, isolation, reason, ...placed(folder) });
  }
}

/** What a shell reads in a script of the image. */
function followScript(
  facts: AuditFacts,
  { path, rest, reason, depth, level }: Asked & { readonly path: string; readonly rest: readonly string[] },
  lists: Lists,
): void {
  const text = facts.shellAt(path);
  if (text === undefined) return;
  const script: Reason = reason.name === path ? reason : { what: "script", name: path, because: reason };
  for (const { argv, folder, isSure } of scriptCommands(text, { path, rest })) {
    if (++lists.commands > MAX_COMMANDS) {
      lists.isOpen = true;
      return;
    }
    const at = folder ? facts.tree.resolve(fromStart(facts, folder))?.path : undefined;
    const isKnown = folder === "" || at !== undefined;
    const next = { argv, reason: script, depth: depth + 1, level: isSure && isKnown ? level : OPTIONAL };
    if (at === undefined) follow(facts, next, lists);
    else follow(startedIn(facts, at), { ...next, folder: at }, lists);
  }
}

const OPTIONAL: Level = "optional";

function startedIn(facts: AuditFacts, folder: string): AuditFacts {
  return { ...facts, config: { ...facts.config, WorkingDir: `/${folder}` } };
}

/** A file as a command line names it. The interpreter runs the `__main__.py` of a folder. */
function inImage(facts: AuditFacts, file: string): string | undefined {
  const found = facts.tree.resolve(fromStart(facts, file));
  if (found?.file.type !== "directory") return found?.file.type === "file" ? found.path : undefined;
  const main = facts.tree.resolve(`${found.path}/__main__.py`);
  return main?.file.type === "file" ? main.path : undefined;
}

/** From the folder that the container starts in. */
function fromStart({ config }: AuditFacts, path: string): string {
  const from = path.startsWith("/") ? path : `${config.WorkingDir ?? "/"}/${path}`;
  return from.replace(/^\/+/, "");
}

/** The program, and what its `#!` line starts in its place. */
function locate(facts: AuditFacts, asked: Asked & { readonly word: string }, lists: Lists): void {
  const { word, argv, reason, depth, level } = asked;
  if (word === SELF_PROGRAM || word.includes("$")) return;
  const found = findProgram(facts.tree, word, { config: facts.config, who: undefined });
  if (!found.ok) {
    lists.missing.push({ word, why: found.why, level, reason });
    return;
  }
  const { path, calledAs } = found;
  lists.programs.push({ path, calledAs, reason });
  const line = facts.scriptAt(path);
  if (line === undefined) return;
  const script: Reason = { what: "script", name: path, because: reason };
  const interpreter = line.split(/[ \t]+/).filter((part) => part !== "");
  // What follows the script's own name on the command line are its arguments.
  const rest = argv.slice(argv.lastIndexOf(word) + 1);
  const next = { ...asked, argv: [...interpreter, `/${path}`, ...rest], reason: script, depth: depth + 1 };
  follow(facts, next, lists);
}

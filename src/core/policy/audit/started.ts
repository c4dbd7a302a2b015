import { findProgram } from "../../audit/image/find-program.ts";
import { commandTargets, SELF_PROGRAM } from "../../audit/python/command-targets.ts";
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

/** A Python module or file that is run, by the interpreter of the command or by the console script that names it. */
export interface StartedPython {
  readonly kind: "module" | "file";
  /** `pkg.mod`, or a plain path. */
  readonly name: string;
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
  readonly missing: readonly { readonly word: string; readonly why: string; readonly reason: Reason }[];
}

interface Lists {
  readonly programs: StartedProgram[];
  readonly python: StartedPython[];
  readonly missing: { word: string; why: string; reason: Reason }[];
}

/** A script that names another script as its interpreter is not run by Linux more than this deep. */
const MAX_DEPTH = 4;

/** What a container of the image starts by itself: its entrypoint with the default command, and its health check. */
export function startedBy(facts: AuditFacts): Started {
  const { Entrypoint = [], Cmd = [], Healthcheck } = facts.config;
  const lists: Lists = { programs: [], python: [], missing: [] };
  const [form, ...test] = Healthcheck?.Test ?? [];
  const start = [...Entrypoint, ...Cmd];
  follow(facts, { argv: start, reason: { what: "entrypoint", name: start.join(" ") }, depth: 0 }, lists);
  const check = form === "CMD" ? test : form === "CMD-SHELL" ? ["/bin/sh", "-c", ...test] : [];
  follow(facts, { argv: check, reason: { what: "healthcheck", name: test.join(" ") }, depth: 0 }, lists);
  return lists;
}

interface Asked {
  readonly argv: readonly string[];
  readonly reason: Reason;
  readonly depth: number;
}

function follow(facts: AuditFacts, { argv, reason, depth }: Asked, lists: Lists): void {
  if (argv.length === 0 || depth > MAX_DEPTH) return;
  const { programs, modules, files } = commandTargets(argv);
  for (const word of programs) locate(facts, { word, argv, reason, depth }, lists);
  for (const { module, folder, isRun } of modules) {
    const at = folder === undefined ? undefined : facts.tree.resolve(fromStart(facts, folder))?.path;
    lists.python.push({
      kind: "module",
      name: module,
      reason,
      ...(at === undefined ? {} : { folder: at }),
      ...(isRun === undefined ? {} : { isRun }),
    });
  }
  for (const file of files) {
    const path = inImage(facts, file);
    if (path === undefined) lists.missing.push({ word: file, why: `${file} is not in the image`, reason });
    else lists.python.push({ kind: "file", name: path, reason });
  }
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
function locate(
  facts: AuditFacts,
  { word, argv, reason, depth }: Asked & { readonly word: string },
  lists: Lists,
): void {
  if (word === SELF_PROGRAM || word.includes("$")) return;
  const found = findProgram(facts.tree, word, { config: facts.config, who: undefined });
  if (!found.ok) {
    lists.missing.push({ word, why: found.why, reason });
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
  follow(facts, { argv: [...interpreter, `/${path}`, ...rest], reason: script, depth: depth + 1 }, lists);
}

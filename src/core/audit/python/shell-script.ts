import { BUILT_IN, folderAfter, withoutLead } from "./command-targets.ts";
import { type ShellStep, shellSteps } from "./shell-words.ts";

/** A command of a script that a shell reads. */
export interface ScriptCommand {
  readonly argv: readonly string[];
  /** The folder that it runs in: absolute, or from where the script is started; undefined where only who runs it knows. */
  readonly folder: string | undefined;
  /** It runs whenever the script does, with nothing before it that may bring what it needs, and its failure is the script's. */
  readonly isSure: boolean;
}

export interface ScriptCall {
  /** Plain path of the script. */
  readonly path: string;
  /** What stands behind its name: `$@`. */
  readonly rest: readonly string[];
}

/** Longer scripts do more than start a program; what comes after is not looked at. */
const MAX_STEPS = 1000;
const MAX_TEXT = 64 * 1024;
/** Of what stands behind a script's name: each `$@` of a text means all of it. */
const MAX_REST = 100;
const OPENS: ReadonlySet<string> = new Set(["if", "case", "for", "while", "until", "select", "{"]);
const CLOSES: ReadonlySet<string> = new Set(["fi", "esac", "done", "}"]);
/** Words of the shell that run what is not read here, or end the script. */
const HIDES: ReadonlySet<string> = new Set([".", "source", "eval", "trap", "return", "alias"]);
/** Programs that bring no file which another one might need. */
const HARMLESS: ReadonlySet<string> = new Set(
  "mkdir chown chmod sleep date id cat ls hostname whoami env printenv nproc stty dirname basename readlink expr seq which getent sysctl ldconfig nice umask".split(
    " ",
  ),
);
const ARGUMENTS: ReadonlySet<string> = new Set(["$@", "$*", "${@}", "${*}"]);

/**
 * The commands of a shell script in the order of the text. What stands under a test, in a loop, a function or a sub-shell, or
 * after anything that may change what is there, is not sure. Never throws; texts above 64 KiB are read that far.
 */
export function scriptCommands(text: string, call: ScriptCall): readonly ScriptCommand[] {
  const steps = shellSteps(withoutHereDocuments(text.slice(0, MAX_TEXT)), MAX_STEPS);
  const state: State = {
    blocks: 0,
    brackets: 0,
    folder: "",
    isClear: true,
    stops: /^#![^\n]* -[a-z]*e/.test(text),
  };
  const rest = call.rest.slice(0, MAX_REST);
  const isMoved = /(?:^|[\s;&|])(?:shift|set\s+--)(?:\s|;|$)/m.test(text);
  const found: ScriptCommand[] = [];
  const lists = listsOf(steps);
  for (const [at, step] of steps.entries()) {
    const plain = withoutLead(step.words);
    const argv = isMoved ? plain : withArguments(plain, rest);
    const lead = step.words.slice(0, step.words.length - plain.length);
    const isExec = lead.includes("exec") && argv.length > 0;
    const list = lists[at];
    enter(state, step.words);
    const counts = isExec || list?.isLast === true || (state.stops && step.end !== "&&");
    const isSure = list?.isPlain === true && counts && isOutside(state) && state.isClear && !isAssigned(lead);
    if (argv[0]?.startsWith("-") === false) found.push({ argv, folder: state.folder, isSure });
    if (isOutside(state) && (argv[0] === "exit" || (isExec && isSure))) break;
    leave(state, { step, argv, call });
  }
  return found;
}

interface State {
  blocks: number;
  brackets: number;
  folder: string | undefined;
  /** Nothing has run that may change which files or folders the next command finds. */
  isClear: boolean;
  /** `set -e`: the first failure ends it. */
  stops: boolean;
}

interface AndOrList {
  /** Its failure is what the script ends with. */
  readonly isLast: boolean;
  /** All of it runs, or it fails. */
  readonly isPlain: boolean;
}

/** Of each step, the list of commands with `&&`, `||` and `|` between them that it stands in. */
function listsOf(steps: readonly ShellStep[]): readonly AndOrList[] {
  const last = steps.findLastIndex(({ words }) => words.length > 0);
  const lists: AndOrList[] = [];
  for (let start = 0; start < steps.length; ) {
    let end = start;
    while (end < steps.length - 1 && JOINS.has(steps[end]?.end ?? "")) end++;
    const all = steps.slice(start, end + 1);
    const asks = all.slice(0, -1).some(({ words, end: sign }) => sign === "&&" && ASKS.has(words[0] ?? ""));
    const isPlain = !asks && all.every(({ end: sign }) => sign !== "||" && sign !== "&");
    const list = { isPlain, isLast: last >= start && last <= end };
    for (; start <= end; start++) lists.push(list);
  }
  return lists;
}

const JOINS: ReadonlySet<string> = new Set(["&&", "||", "|"]);
/** What comes behind them and `&&` runs only perhaps. */
const ASKS: ReadonlySet<string> = new Set(["[", "[[", "test", "grep", "command", "which", "type", "!"]);

function isOutside({ blocks, brackets }: State): boolean {
  return blocks === 0 && brackets === 0;
}

function enter(state: State, words: readonly string[]): void {
  if (words[0] === "function" && words.at(-1) === "{") state.blocks++;
  for (const word of words) {
    if (OPENS.has(word)) state.blocks++;
    else if (CLOSES.has(word)) state.blocks = Math.max(0, state.blocks - 1);
    else if (!/^(?:then|do|else|elif|!)$/.test(word)) return;
  }
}

function leave(
  state: State,
  {
    step,
    argv,
    call,
  }: { readonly step: ShellStep; readonly argv: readonly string[]; readonly call: ScriptCall },
): void {
  const [word = "", ...rest] = argv;
  if (word === "set" && rest.some((each) => /^-[a-z]*e/.test(each))) state.stops ||= isOutside(state);
  if (word === "cd") {
    const to = isOwnFolder(rest) ? `/${call.path.replace(/\/?[^/]*$/, "")}` : folderAfter(state.folder, rest);
    state.folder = isOutside(state) ? to : undefined;
  } else if (argv.length > 0 && !isHarmless(argv)) state.isClear = false;
  if (step.words.some((each) => VARIABLES.test(each))) state.isClear = false;
  if (step.end === "(") state.brackets++;
  // Patterns of `case` end with one that was never opened.
  else if (step.end === ")") state.brackets = Math.max(0, state.brackets - 1);
}

const VARIABLES = /^(?:PATH|PYTHON\w*|LD_LIBRARY_PATH|VIRTUAL_ENV)=/;

/** `cd "$(dirname "$0")"`, as the words of it are cut here. */
function isOwnFolder(rest: readonly string[]): boolean {
  return /^\$\(dirname (?:--)? ?"?\$\{?(?:0|BASH_SOURCE(?:\[0\])?)\}?"?\)$/.test(rest.join(" "));
}

/** Python and its servers are taken to write nothing that others import. */
function isHarmless(argv: readonly string[]): boolean {
  const [word = ""] = argv;
  const name = word.replace(/^.*\//, "");
  if (HIDES.has(name)) return false;
  if (/^python[\d.]*$/.test(name))
    return !/^(?:pip|venv|ensurepip)$/.test(argv[argv.indexOf("-m") + 1] ?? "");
  return BUILT_IN.has(name) || HARMLESS.has(name);
}

/** `PYTHONPATH=/x python app.py`: what it finds is not what others find. */
function isAssigned(lead: readonly string[]): boolean {
  return lead.some((word) => VARIABLES.test(word));
}

/** `"$@"` is what stands behind the script's name, where nothing moves it. */
function withArguments(words: readonly string[], rest: readonly string[]): readonly string[] {
  return words.flatMap((word) => (ARGUMENTS.has(word) ? rest : [word]));
}

/** Texts for a program's input are no commands. */
function withoutHereDocuments(text: string): string {
  const kept: string[] = [];
  let end: string | undefined;
  for (const line of text.split("\n")) {
    if (end === undefined) {
      kept.push(line);
      end = /(?<!<)<<(?!<)-?\s*(["']?)([A-Za-z_]\w*)\1/.exec(line)?.[2];
    } else if (line.trim() === end) end = undefined;
  }
  return kept.join("\n");
}

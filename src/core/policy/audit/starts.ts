import { readShellCommands } from "../../base/shell-commands.ts";

/** A command that runs, without what only wraps it, and how it is wrapped. */
export interface StartedCommand {
  readonly argv: readonly string[];
  /** Programs on the way: `tini`, `env`, `sh`. */
  readonly wrappers: readonly string[];
}

/** Words of each command of a script of one line are read; a longer one is a program of its own. */
const MAX_SCRIPT = 64 * 1024;
const MAX_DEPTH = 8;

/**
 * What running `argv` starts: inits and other wrappers are looked through, and the text of `sh -c` is taken apart into its
 * commands. Words that a shell would make at run time (`$X`) stay as they are: they name no program.
 */
export function startsOf(argv: readonly string[]): readonly StartedCommand[] {
  return unwrap(argv, [], 0);
}

function unwrap(
  argv: readonly string[],
  wrappers: readonly string[],
  depth: number,
): readonly StartedCommand[] {
  const [program] = argv;
  if (program === undefined) return [];
  const name = program.slice(program.lastIndexOf("/") + 1);
  const further = [...wrappers, program];
  if (depth < MAX_DEPTH) {
    const script = scriptOf(name, argv);
    if (script !== undefined) return commandsOf(script).flatMap((words) => unwrap(words, further, depth + 1));
    const inner = WRAPPERS[name]?.(argv.slice(1));
    if (inner !== undefined && inner.length > 0) return unwrap(inner, further, depth + 1);
  }
  return [{ argv, wrappers }];
}

const SHELLS: ReadonlySet<string> = new Set(["sh", "bash", "dash", "ash", "busybox"]);

/** The text after `-c` of a shell, also of `-ec`. */
function scriptOf(name: string, argv: readonly string[]): string | undefined {
  if (!SHELLS.has(name)) return undefined;
  const at = argv.findIndex((word) => /^-[a-z]*c$/.test(word));
  const script = at < 0 ? undefined : argv[at + 1];
  return script !== undefined && script.length <= MAX_SCRIPT ? script : undefined;
}

type Unwrap = (rest: readonly string[]) => readonly string[];

/** Options first, then the command; `--` ends the options. `values`: options that take the next word. */
function afterOptions(...values: readonly string[]): Unwrap {
  return (rest) => {
    let at = 0;
    for (; at < rest.length; at++) {
      const word = rest[at] ?? "";
      if (word === "--") return rest.slice(at + 1);
      if (!word.startsWith("-")) break;
      if (values.includes(word)) at++;
    }
    return rest.slice(at);
  };
}

function skip(count: number, options: Unwrap): Unwrap {
  return (rest) => options(rest).slice(count);
}

/** By the name of a program, how to get at the command that it starts. */
const WRAPPERS: Readonly<Record<string, Unwrap | undefined>> = Object.assign(Object.create(null), {
  tini: afterOptions("-p", "-e"),
  "tini-static": afterOptions("-p", "-e"),
  "docker-init": afterOptions("-p", "-e"),
  "dumb-init": afterOptions("--rewrite", "-r"),
  catatonit: afterOptions(),
  gosu: skip(1, afterOptions()),
  "su-exec": skip(1, afterOptions()),
  setpriv: afterOptions("--reuid", "--regid", "--groups"),
  exec: afterOptions("-a"),
  env: (rest: readonly string[]) => {
    const words = afterOptions("-u", "-C")(rest);
    const at = words.findIndex((word) => !/^[A-Za-z_][A-Za-z0-9_]*=/.test(word));
    return at < 0 ? [] : words.slice(at);
  },
  nice: afterOptions("-n"),
  ionice: afterOptions("-c", "-n"),
  nohup: afterOptions(),
  setsid: afterOptions(),
  stdbuf: afterOptions("-i", "-o", "-e"),
  timeout: skip(1, afterOptions("-s", "-k")),
  chrt: skip(1, afterOptions()),
  numactl: afterOptions("-m", "-N", "-C"),
}) as Readonly<Record<string, Unwrap | undefined>>; // Without a prototype, so that no program is called `constructor`.

/** Assignments and reserved words before a command are passed over, and so are commands of the shell itself. */
function commandsOf(script: string): readonly (readonly string[])[] {
  return readShellCommands(script)
    .map((words) => withoutPrefix(words.map(({ text }) => text)))
    .filter((words) => words.length > 0);
}

const RESERVED: ReadonlySet<string> = new Set([
  "if",
  "then",
  "else",
  "elif",
  "while",
  "until",
  "do",
  "!",
  "{",
  "(",
  "time",
]);
const NO_PROGRAM: ReadonlySet<string> = new Set([
  "fi",
  "done",
  "}",
  ")",
  "esac",
  "for",
  "case",
  "set",
  "export",
  "cd",
  "trap",
  "exit",
  "return",
  "shift",
  "local",
  "unset",
  "wait",
  ":",
  "umask",
  "ulimit",
]);

function withoutPrefix(words: readonly string[]): readonly string[] {
  const at = words.findIndex((word) => !RESERVED.has(word) && !/^[A-Za-z_][A-Za-z0-9_]*=/.test(word));
  const rest = at < 0 ? [] : words.slice(at);
  return rest[0] !== undefined && NO_PROGRAM.has(rest[0]) ? [] : rest;
}

import { readShellCommands, type ShellWord } from "./shell-commands.ts";

/** One call of pip, uv or pip-sync that a shell text makes. */
export interface PipInstall {
  /** Values of `-r`, and what `sync` is given. */
  readonly files: readonly ShellWord[];
  /** Packages, folders and archives that are named on the command line. */
  readonly operands: readonly ShellWord[];
  /** Options that decide what is installed, as they are written: `--no-deps`, `--only-binary :all:`. */
  readonly choices: readonly string[];
  /** `--no-index`: nothing comes from a package index. */
  readonly noIndex: boolean;
  /** Where to, as written: `--python`, `--target`, `--prefix`, or the folder of the program. Undefined: the default of PATH. */
  readonly environment: string | undefined;
  /** `3.11`, where the program or `--python` names it. */
  readonly python: string | undefined;
  /** Of the shell at this point, as far as `cd` tells; undefined: that of the instruction. */
  readonly folder: ShellWord | undefined;
}

const PIP = /(?:^|\/)pip(?:3(?:\.\d+)?)?$/;
const VERBS = new Set(["install", "download", "wheel", "sync"]);

/** Options of pip and `uv pip` that take the next word. */
const WITH_VALUE = new Set(
  (
    "-r --requirement --requirements -c --constraint --constraints -b --build-constraint --build-constraints --override " +
    "--overrides -e --editable -t --target --platform --python-version --python-platform --implementation --abi --root " +
    "--prefix --src -i --index-url --index --default-index --extra-index-url -f --find-links --no-binary --only-binary " +
    "--prefer-binary-for --global-option --build-option -C --config-settings --config-setting --progress-bar " +
    "--root-user-action --upgrade-strategy --report --group --extra -d --dest -w --wheel-dir --cache-dir --cert --client-cert " +
    "--trusted-host --allow-insecure-host --proxy --retries --timeout --log --exists-action --python -p --use-feature " +
    "--use-deprecated --keyring-provider --index-strategy --link-mode --resolution --prerelease --exclude-newer " +
    "--reinstall-package --refresh-package -P --upgrade-package --no-build-isolation-package --color --directory --project " +
    "--config-file --torch-backend"
  ).split(" "),
);

const CHOSEN_FLAGS = [
  "--require-hashes",
  "--no-deps",
  "--no-build-isolation",
  "--pre",
  "--break-system-packages",
];
const CHOSEN_VALUES = ["--only-binary", "--no-binary"];

/** Every call in the text that installs, downloads or builds what pip is told. */
export function readPipInstalls(shell: string): readonly PipInstall[] {
  let folder: ShellWord | undefined;
  return readShellCommands(shell).flatMap((words): PipInstall[] => {
    if (words[0]?.text === "cd") folder = words[1];
    const call = findCall(words);
    return call === undefined ? [] : readCall(call, folder);
  });
}

interface PipCall {
  /** Before pip's own words: `/tmp/pip/bin/pip`, or the interpreter of `-m pip`. */
  readonly program: ShellWord | undefined;
  readonly rest: readonly ShellWord[];
  readonly sync: boolean;
}

function findCall(words: readonly ShellWord[]): PipCall | undefined {
  for (const [index, word] of words.entries()) {
    const before = words[index - 1];
    const rest = words.slice(index + 1);
    if (/(?:^|\/)pip-sync$/.test(word.text)) return { program: word, rest, sync: true };
    if (!PIP.test(word.text)) continue;
    if (before !== undefined && /(?:^|\/)uv$/.test(before.text))
      return { program: undefined, rest, sync: false };
    return { program: before?.text === "-m" ? words[index - 2] : word, rest, sync: false };
  }
  return undefined;
}

function readCall({ program, rest, sync }: PipCall, folder: ShellWord | undefined): PipInstall[] {
  const { values, operands, flags } = readWords(rest);
  const [verb, ...named] = sync ? [{ text: "sync", known: true }, ...operands] : operands;
  if (verb === undefined || !VERBS.has(verb.text)) return [];
  const all = (...names: readonly string[]): readonly ShellWord[] =>
    names.flatMap((name) => values.get(name) ?? []);
  const files = [...all("-r", "--requirement", "--requirements"), ...(verb.text === "sync" ? named : [])];
  const given = all("--python", "-p", "--target", "-t", "--prefix").at(-1);
  return [
    {
      files,
      operands: [...(verb.text === "sync" ? [] : named), ...all("-e", "--editable")],
      choices: [
        ...CHOSEN_FLAGS.filter((flag) => flags.has(flag)),
        ...CHOSEN_VALUES.flatMap((name) => all(name).flatMap(({ text }) => [name, text])),
      ],
      noIndex: flags.has("--no-index"),
      environment: environmentOf(given ?? program),
      python: pythonOf(given) ?? pythonOf(program),
      folder,
    },
  ];
}

interface ReadWords {
  readonly values: ReadonlyMap<string, readonly ShellWord[]>;
  readonly operands: readonly ShellWord[];
  readonly flags: ReadonlySet<string>;
}

function readWords(words: readonly ShellWord[]): ReadWords {
  const values = new Map<string, ShellWord[]>();
  const operands: ShellWord[] = [];
  const flags = new Set<string>();
  const append = (name: string, value: ShellWord): void =>
    void values.set(name, [...(values.get(name) ?? []), value]);
  for (let index = 0; index < words.length; index++) {
    const word = words[index];
    if (word === undefined || word.text === "") continue;
    const { text, known } = word;
    const joined = /^(--[a-z-]+)=(.*)$/s.exec(text) ?? /^(-[rcetbifdwCpP])(.+)$/s.exec(text);
    // Where output goes is no operand.
    if (/^\d*>/.test(text) || text.startsWith("<")) index += /[<>]$/.test(text) ? 1 : 0;
    else if (joined !== null) append(joined[1] ?? "", { text: joined[2] ?? "", known });
    else if (WITH_VALUE.has(text)) append(text, words[++index] ?? { text: "", known: false });
    else if (text.startsWith("-")) flags.add(text);
    else operands.push(word);
  }
  return { values, operands, flags };
}

/** `/opt/venv/bin/python3.11` and `/opt/venv/bin/pip` are of one environment; a bare name is whatever PATH has. */
function environmentOf(word: ShellWord | undefined): string | undefined {
  if (word === undefined || !word.known || !word.text.includes("/")) return undefined;
  return word.text.replace(/\/+(?:bin\/[^/]+)?$/, "");
}

function pythonOf(word: ShellWord | undefined): string | undefined {
  if (word === undefined) return undefined;
  return /(?:^|\/)(?:python|pip)(3\.\d+)$/.exec(word.text)?.[1] ?? /^(3\.\d+)$/.exec(word.text)?.[1];
}

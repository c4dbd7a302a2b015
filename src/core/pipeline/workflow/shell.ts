import type { CommandStep, FileName, Word } from "../pipeline.ts";

/** A script of bash, and the variables that it reads: no expression of the server stands in a script itself. */
export interface ShellStep {
  readonly script: string;
  readonly env: Readonly<Record<string, string>>;
}

/** One command of lapstrake as a step's script. */
export function shellStep({ argv, answer, unless }: CommandStep): ShellStep {
  const env = new Map<string, string>();
  const before: string[] = [];
  const words = argv.map((word) => wordText(word, env, before));
  const into = answer === undefined ? "" : ` >>"$GITHUB_OUTPUT"`;
  const redirect = typeof answer === "object" ? ` >${fileText(answer.file, env)}` : into;
  const folder = typeof answer === "object" ? folderOf(answer.file) : undefined;
  if (folder !== undefined) before.push(`mkdir -p "${RUN_FOLDER}/${folder}"`);
  const command = `lapstrake ${words.join(" ")}${redirect}`;
  const guarded = unless === undefined ? command : `[ -e ${quoted(unless)} ] || ${command}`;
  return { script: [...before, guarded].join("\n"), env: Object.fromEntries(env) };
}

export function summaryStep(file: FileName): ShellStep {
  const env = new Map<string, string>();
  return { script: `cat ${fileText(file, env)} >>"$GITHUB_STEP_SUMMARY"`, env: Object.fromEntries(env) };
}

/** Set by the server for every step; nothing in it is part of the work tree. */
const RUN_FOLDER = "$RUNNER_TEMP";

function wordText(word: Word, env: Map<string, string>, before: string[]): string {
  if (typeof word === "string") return quoted(word);
  if ("matrix" in word) return `"$${fromMatrix(word.matrix, env)}"`;
  if ("file" in word) return fileText(word.file, env);
  const { job, output } = word.words;
  const name = output.replaceAll("-", "_");
  env.set(name.toUpperCase(), `\${{ needs.${job}.outputs.${output} }}`);
  before.push(`read -r -a ${name} <<<"$${name.toUpperCase()}"`);
  return `"\${${name}[@]}"`;
}

function fileText(file: FileName, env: Map<string, string>): string {
  const parts = file.map((part) => (typeof part === "string" ? part : `$${fromMatrix(part.matrix, env)}`));
  return `"${RUN_FOLDER}/${parts.join("")}"`;
}

function fromMatrix(key: string, env: Map<string, string>): string {
  env.set(key.toUpperCase(), `\${{ matrix.${key} }}`);
  return key.toUpperCase();
}

function folderOf(file: FileName): string | undefined {
  const [first] = file;
  return file[1] === "/" && typeof first === "string" ? first : undefined;
}

/** As bash takes it for one word. */
export function quoted(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

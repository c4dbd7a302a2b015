import type { SourcePosition } from "../../base/error.ts";
import type { Section } from "./guide.ts";
import type { ShellCommand, ShellWord } from "./shell-words.ts";

/** One `docker buildx build` that a document shows, its variables filled in where the document sets them. */
export interface BuildCommand {
  /** As it is named, without `./`; undefined where it is not known. */
  readonly dockerfile: string | undefined;
  readonly context: ShellWord | undefined;
  readonly tags: readonly ShellWord[];
  readonly args: readonly BuildArg[];
  /** `--cache-from` and `--cache-to`. */
  readonly caches: readonly ShellWord[];
  readonly section: Section;
  readonly at: SourcePosition;
}

export interface BuildArg {
  readonly name: string;
  /** Undefined for `--build-arg NAME`, which takes it from the environment. */
  readonly value: ShellWord | undefined;
  readonly at: SourcePosition;
}

const CLIENTS: ReadonlySet<string> = new Set(["docker", "podman", "nerdctl", "buildah"]);
const BEFORE: ReadonlySet<string> = new Set(["sudo", "time", "exec", "command"]);
const GROUPS: ReadonlySet<string> = new Set(["buildx", "image", "builder"]);
const BUILD: ReadonlySet<string> = new Set(["build", "b", "bud"]);
// Of `docker buildx build --help`; whatever is not here takes no value of its own.
const WITH_VALUE: ReadonlySet<string> = new Set([
  ..."add-host allow annotation attest build-arg build-context builder cache-from cache-to call".split(" "),
  ..."cgroup-parent file iidfile label metadata-file network no-cache-filter output platform progress".split(
    " ",
  ),
  ..."provenance sbom secret shm-size ssh tag target ulimit context config host log-level".split(" "),
]);
const LONG: Readonly<Record<string, string>> = {
  t: "tag",
  f: "file",
  o: "output",
  H: "host",
  l: "log-level",
};

/** The command as a build, or undefined where it is something else. */
export function buildCommandOf({ words }: ShellCommand, section: Section): BuildCommand | undefined {
  const { options, rest } = readOptions(words);
  const client = rest.findIndex(({ text }) => CLIENTS.has(text));
  if (client < 0 || rest.slice(0, client).some(({ text }) => !BEFORE.has(text))) return undefined;
  const verb = client + (GROUPS.has(rest[client + 1]?.text ?? "") ? 2 : 1);
  const first = rest[client];
  if (first === undefined || !BUILD.has(rest[verb]?.text ?? "")) return undefined;
  const context = rest[verb + 1];
  const values = (name: string): readonly ShellWord[] =>
    options.flatMap((option) => (option.name === name && option.value !== undefined ? [option.value] : []));
  return {
    dockerfile: dockerfileOf(values("file").at(-1), context),
    context,
    tags: values("tag"),
    args: values("build-arg").map(buildArgOf),
    caches: [...values("cache-from"), ...values("cache-to")],
    section,
    at: first.at,
  };
}

interface Option {
  readonly name: string;
  readonly value: ShellWord | undefined;
}

function readOptions(words: readonly ShellWord[]): {
  readonly options: readonly Option[];
  readonly rest: readonly ShellWord[];
} {
  const options: Option[] = [];
  const rest: ShellWord[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index];
    if (word === undefined) continue;
    const option = optionOf(word);
    if (option === undefined) rest.push(word);
    else if (option.value !== undefined || !WITH_VALUE.has(option.name)) options.push(option);
    else options.push({ name: option.name, value: words[++index] });
  }
  return { options, rest };
}

/** `--name`, `--name=value`, `-t value`, `-tvalue`, `-t=value`. */
function optionOf(word: ShellWord): Option | undefined {
  const { text } = word;
  if (!text.startsWith("-") || text === "-") return undefined;
  if (text.startsWith("--")) {
    const equals = text.indexOf("=");
    if (equals < 0) return { name: text.slice(2), value: undefined };
    return { name: text.slice(2, equals), value: { ...word, text: text.slice(equals + 1) } };
  }
  const name = LONG[text.charAt(1)] ?? text.slice(1);
  const value = text.slice(2).replace(/^=/, "");
  return { name, value: value === "" || name === text.slice(1) ? undefined : { ...word, text: value } };
}

function dockerfileOf(file: ShellWord | undefined, context: ShellWord | undefined): string | undefined {
  if (file !== undefined) return file.known ? plainPath(file.text) : undefined;
  if (context?.known !== true || context.text.includes("://")) return undefined;
  return plainPath(`${context.text}/Dockerfile`);
}

/** Without `.` and doubled slashes: `./a//b/` is `a/b`. */
export function plainPath(text: string): string {
  const parts = text.split("/").filter((part, index) => part !== "." && (part !== "" || index === 0));
  return parts.join("/") || ".";
}

function buildArgOf(word: ShellWord): BuildArg {
  const equals = word.text.indexOf("=");
  if (equals < 0) return { name: word.text, value: undefined, at: word.at };
  const value = { ...word, text: word.text.slice(equals + 1) };
  return { name: word.text.slice(0, equals), value, at: word.at };
}

import type { Json } from "../base/json.ts";
import { isFileMode } from "./config-value.ts";
import type { Heredoc, Instruction } from "./dockerfile.ts";
import { DockerfileError } from "./error.ts";
import { plainWord, type Word } from "./expander.ts";
import { chompTabs, tryHeredoc } from "./heredoc.ts";
import { flagBool, flagValue, flagValues } from "./instruction-flags.ts";
import { sourceKind } from "./remote-source.ts";
import { canonicalSource, contextNameOf, type StageContext } from "./stage-context.ts";
import type { StageState } from "./stage-states.ts";

/** COPY and ADD: what they read goes to the collector, what they mean is the result. */
export function resolveCopy(
  instruction: Instruction,
  source: StageState | undefined,
  context: StageContext,
): Json {
  const { name, at, args } = instruction;
  const expand = (text: string): Word => context.expander.word(text, context.environment, at);
  const chown = expand(flagValue(instruction, "chown") ?? "");
  const chmod = expand(flagValue(instruction, "chmod") ?? "");
  const checksum = expand(flagValue(instruction, "checksum") ?? "");
  const paths = args
    .slice(0, -1)
    .filter((word) => tryHeredoc(word) === undefined)
    .map(expand);
  const destination = expand(args.at(-1) ?? "");
  if (chmod.known && chmod.text !== "" && !isFileMode(chmod.text)) {
    throw new DockerfileError("DOCKERFILE_VALUE", `--chmod=${chmod.text} is no file mode`, { at });
  }
  const kinds = paths.map((path) => (path.known ? sourceKind(path.text) : "path"));
  checkSources({ instruction, paths, kinds, checksum });
  collect({ instruction, source, paths, kinds, checksum }, context);
  const inline = inlineFiles(instruction).map(({ name, content, expand: expands }): Json => {
    const body = expands ? context.expander.body(content, context.environment, at) : plainWord(content);
    return [name, body.canonical];
  });
  return {
    do: name,
    from: source === undefined ? null : canonicalSource(source, context.ordinals),
    paths: paths.map(({ canonical }) => canonical),
    inline,
    to: destination.canonical,
    chown: chown.canonical,
    chmod: chmod.canonical,
    checksum: checksum.canonical,
    link: flagBool(instruction, "link") ?? false,
    parents: flagBool(instruction, "parents") ?? false,
    unpack: flagBool(instruction, "unpack") ?? null,
    keepGitDir: flagBool(instruction, "keep-git-dir") ?? null,
    exclude: flagValues(instruction, "exclude"),
  };
}

/** Bodies by heredoc word, tabs gone where the heredoc says so. */
function inlineFiles({ args, heredocs }: Instruction): readonly Heredoc[] {
  const byName = new Map(heredocs.map((heredoc) => [heredoc.name, heredoc]));
  return args.slice(0, -1).flatMap((word) => {
    const head = tryHeredoc(word);
    if (head === undefined) return [];
    const content = byName.get(head.name)?.content ?? "";
    return { ...head, content: head.chomp ? chompTabs(content) : content };
  });
}

const DIGEST = /^(?:sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128})$/;

interface Sources {
  readonly instruction: Instruction;
  readonly paths: readonly Word[];
  readonly kinds: readonly ReturnType<typeof sourceKind>[];
  readonly checksum: Word;
}

function checkSources({ instruction, paths, kinds, checksum }: Sources): void {
  const { name, at } = instruction;
  const refused = kinds.findIndex((kind) => kind === "refused" || (name === "COPY" && kind !== "path"));
  if (refused >= 0) {
    const why =
      kinds[refused] === "refused"
        ? "has a query that BuildKit does not know"
        : "is no path (ADD fetches, COPY does not)";
    throw new DockerfileError("DOCKERFILE_VALUE", `${paths[refused]?.text} ${why}`, { at });
  }
  if (!checksum.known || checksum.text === "") return;
  const onPath = paths[0]?.known === true && kinds[0] === "path";
  if (paths.length !== 1 || onPath) {
    throw new DockerfileError("DOCKERFILE_VALUE", "--checksum goes with one URL or git repository", { at });
  }
  if (kinds[0] === "http" && !DIGEST.test(checksum.text)) {
    throw new DockerfileError("DOCKERFILE_VALUE", `--checksum=${checksum.text} is no digest`, { at });
  }
}

function collect(
  sources: Sources & { readonly source: StageState | undefined },
  context: StageContext,
): void {
  const { instruction, source, paths, kinds, checksum } = sources;
  const { at } = instruction;
  for (const [index, path] of paths.entries()) {
    const kind = kinds[index];
    if (kind !== "http" && kind !== "git") continue;
    const sum = checksum.text === "" ? undefined : checksum.text;
    context.collector.remotes.push({ kind, url: path.text, checksum: sum, at });
  }
  const local = paths.filter((_, index) => kinds[index] === "path");
  const from = source === undefined ? undefined : contextNameOf(source);
  if (local.length === 0 || (source !== undefined && from === undefined)) return;
  const unknown = local.find((path) => !path.known);
  if (unknown !== undefined) {
    const message = `only the base image could say which files ${unknown.text} names: all of them count`;
    context.collector.warn("dockerfile-unknown-variable", message, at);
  }
  context.collector.sources.push({
    kind: instruction.name === "ADD" ? "add" : "copy",
    patterns: unknown === undefined ? local.map(({ text }) => text) : ["."],
    exclude: flagValues(instruction, "exclude"),
    parents: flagBool(instruction, "parents") ?? false,
    ...(from === undefined ? {} : { from }),
    at,
  });
}

import type { SourcePosition } from "../../base/error.ts";
import { DockerfileError } from "../../dockerfile/error.ts";
import { parseDockerfile } from "../../dockerfile/parse.ts";
import { type BuildCommand, buildCommandOf, plainPath } from "./build-commands.ts";
import { type DrawnEdge, drawnTree } from "./drawn-tree.ts";
import type { Fence, Guide } from "./guide.ts";
import { type Assignment, newShell, readShell } from "./shell-words.ts";
import type { ShownDockerfile } from "./shown-dockerfile.ts";

/** What the fenced blocks of a document show, read by what they are. */
export interface OpenGuide extends Guide {
  readonly commands: readonly BuildCommand[];
  readonly assignments: readonly Assignment[];
  readonly dockerfiles: readonly ShownDockerfile[];
  readonly drawn: readonly DrawnEdge[];
  /** Files of requirements, each with the image that the fence names. */
  readonly requirements: readonly {
    readonly image: string;
    readonly text: string;
    readonly at: SourcePosition;
  }[];
  /** Examples that are no Dockerfile. */
  readonly broken: readonly { readonly name: string; readonly why: string; readonly at: SourcePosition }[];
}

// No document for people has so many.
const MAX_EXAMPLES = 500;
const SHELLS: ReadonlySet<string> = new Set(["bash", "sh", "shell", "zsh"]);
const DOCKERFILES: ReadonlySet<string> = new Set(["dockerfile", "docker", "containerfile"]);
const TREES: ReadonlySet<string> = new Set(["", "text", "txt", "tree"]);
const REQUIREMENTS: ReadonlySet<string> = new Set(["requirements", "requirements.txt", "pip-requirements"]);

/** Reads every fence: shell lines in one go, so that what the first block exports holds in the last. */
export function openGuide(guide: Guide): OpenGuide {
  const state = newShell();
  const shells = guide.fences
    .filter(({ language }) => SHELLS.has(language))
    .map(({ text, at, section }) => ({ section, commands: readShell(text, at, state) }));
  const shown = guide.fences.filter(({ language }) => DOCKERFILES.has(language));
  const examples = [...shown.slice(0, MAX_EXAMPLES).map(readExample), ...unread(shown[MAX_EXAMPLES])];
  return {
    ...guide,
    commands: shells.flatMap(({ section, commands }) =>
      commands.flatMap((command) => buildCommandOf(command, section) ?? []),
    ),
    assignments: shells.flatMap(({ commands }) => commands.flatMap(({ assignments }) => assignments)),
    dockerfiles: examples.flatMap((each) => ("dockerfile" in each ? [each] : [])),
    broken: examples.flatMap((each) => ("why" in each ? [each] : [])),
    drawn: guide.fences.filter(({ language }) => TREES.has(language)).flatMap(drawnTree),
    requirements: guide.fences
      .filter(({ language, info }) => REQUIREMENTS.has(language) && info !== "")
      .map(({ info, text, at }) => ({ image: info.split(/\s/, 1)[0] ?? info, text, at })),
  };
}

function readExample(
  { text, at, info }: Fence,
  index: number,
): ShownDockerfile | OpenGuide["broken"][number] {
  const name = exampleName(info, text) ?? `${at.file}#${index + 1}`;
  try {
    return { origin: "guide", name, dockerfile: parseDockerfile(text, at.file, at.line), args: {} };
  } catch (error) {
    if (!(error instanceof DockerfileError)) throw error;
    return { name, why: error.message, at: error.at ?? at };
  }
}

function unread(fence: Fence | undefined): OpenGuide["broken"] {
  if (fence === undefined) return [];
  const why = `only the first ${MAX_EXAMPLES} examples of a document are read`;
  return [{ name: `${fence.at.file}#${MAX_EXAMPLES + 1}`, why, at: fence.at }];
}

/** The path that a fence or the first line of its code gives. */
function exampleName(info: string, text: string): string | undefined {
  const [title = ""] = info.replace(/^title=/, "").split(/\s/, 1);
  const [first = ""] = text.split("\n", 1);
  const named = [title.replaceAll('"', ""), first.replace(/^#[ \t]*/, "").trim()];
  const path = named.find((each) => /^[\w./-]+$/.test(each) && each.includes("/"));
  return path === undefined ? undefined : plainPath(path);
}

import type { SourcePosition } from "../../base/error.ts";
import type { Json } from "../../base/json.ts";
import type { ResolvedInstruction } from "../../dockerfile/resolved.ts";

/** A COPY, an ADD or a bind mount: what lies at `to` in the image, or at `target` during one RUN. */
export interface PlacedFiles {
  readonly from:
    | { readonly kind: "context" }
    /** A place in the list of reachable stages. */
    | { readonly kind: "stage"; readonly ordinal: number }
    | { readonly kind: "named"; readonly name: string };
  /** Paths in that place. */
  readonly paths: readonly string[];
  /** Absolute; with a slash at the end where it was written as a folder. */
  readonly to: string;
}

/** One RUN, with what pip could read in it. */
export interface RunStep {
  readonly shell: string;
  readonly mounts: readonly PlacedFiles[];
  /** Where it runs. */
  readonly workdir: string;
  /** What was copied before it, the last first. */
  readonly copied: readonly PlacedFiles[];
  readonly at: SourcePosition;
}

export interface StageWalk {
  readonly runs: readonly RunStep[];
  /** At the end of the stage. */
  readonly workdir: string;
  readonly copied: readonly PlacedFiles[];
}

/** Follows a stage's instructions from the folder and the files that it starts with. */
export function walkStage(
  instructions: readonly ResolvedInstruction[],
  start: Pick<StageWalk, "workdir" | "copied">,
): StageWalk {
  let { workdir, copied } = start;
  const runs: RunStep[] = [];
  for (const { canonical, at } of instructions) {
    const members = membersOf(canonical);
    if (members["do"] === "WORKDIR") workdir = absolute(workdir, textOf(members["path"]) ?? ".");
    if (members["do"] === "COPY" || members["do"] === "ADD") {
      const placed = placedBy(members, workdir);
      if (placed !== undefined) copied = [placed, ...copied];
    }
    if (members["do"] === "RUN") runs.push({ ...runOf(members, workdir), workdir, copied, at });
  }
  return { runs, workdir, copied };
}

function runOf(members: Members, workdir: string): Pick<RunStep, "shell" | "mounts"> {
  const args = textsOf(members["args"]);
  // The JSON form has no shell: its words are quoted so that they stay what they are.
  const shell = members["json"] === true ? commandOf(args) : args.join("\n");
  const heredocs = listOf(members["heredocs"]).map((heredoc) => textOf(listOf(heredoc)[1]) ?? "");
  const mounts = listOf(members["mounts"]).flatMap((mount): PlacedFiles[] => {
    const { type, source, target, from } = membersOf(mount) as Members & { readonly type?: Json };
    const to = textOf(target);
    if (type !== "bind" || to === undefined) return [];
    const path = textOf(source) ?? "";
    return [{ from: fromOf(from), paths: [path === "" ? "." : path], to: absolute(workdir, to) }];
  });
  return { shell: [shell, ...heredocs].join("\n"), mounts };
}

function commandOf(args: readonly string[]): string {
  const [program = "", flag = "", script] = args;
  if (/(?:^|\/)(?:ba|da|a)?sh$/.test(program) && /^-[a-z]*c$/.test(flag) && script !== undefined)
    return script;
  return args.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
}

function placedBy(members: Members, workdir: string): PlacedFiles | undefined {
  const to = textOf(members["to"]);
  if (to === undefined) return undefined;
  return { from: fromOf(members["from"]), paths: textsOf(members["paths"]), to: absolute(workdir, to) };
}

function fromOf(from: Json | undefined): PlacedFiles["from"] {
  const { stage, image } = membersOf(from) as Members & { readonly stage?: Json; readonly image?: Json };
  if (typeof stage === "number") return { kind: "stage", ordinal: stage };
  return typeof image === "string" ? { kind: "named", name: image } : { kind: "context" };
}

/** `path` from `folder`, with `.` and `..` gone; a slash at the end stays, since it says that this is a folder. */
export function absolute(folder: string, path: string): string {
  const parts: string[] = [];
  for (const part of `${path.startsWith("/") ? "" : folder}/${path}`.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  const isFolder = parts.length > 0 && /(?:^|\/)\.{0,2}$/.test(path);
  return `/${parts.join("/")}${isFolder ? "/" : ""}`;
}

type Members = Readonly<Record<string, Json | undefined>>;

function membersOf(value: Json | undefined): Members {
  // What is neither a list nor null nor plain is an object.
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Members) : {};
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Words that only the base image could complete are left out. */
function textsOf(value: Json | undefined): readonly string[] {
  return listOf(value).flatMap((each) => textOf(each) ?? []);
}

import type { SourcePosition } from "../base/error.ts";
import { suggest } from "../base/suggest.ts";
import { checkInstruction } from "./check-instruction.ts";
import { DirectiveReader, detectSyntax } from "./directives.ts";
import type { Directive, Dockerfile, Heredoc, Instruction, Stage } from "./dockerfile.ts";
import { DockerfileError } from "./error.ts";
import { type HeredocHead, heredocsOnLine } from "./heredoc.ts";
import { ArgsError, INSTRUCTION_NAMES, parseInstructionArgs } from "./instruction-args.ts";
import { flagValue } from "./instruction-flags.ts";
import { LineReader } from "./line-reader.ts";
import { LexError } from "./shell-lex.ts";
import { trimSpace, trimSpaceLeft } from "./space.ts";
import { splitCommand } from "./split-command.ts";

// BuildKit has no limit of its own but the 16 MB of a gRPC message; nothing written by people comes near this one.
const MAX_CHARACTERS = 4 * 1024 * 1024;
const MAX_STAGES = 1000;

/**
 * Parses a Dockerfile as BuildKit's own parser does, quirks included; `file` names it in positions. Linear in the size
 * of the text. `firstLine` is where the text begins in a file that has more. Throws DockerfileError DOCKERFILE_SYNTAX or
 * DOCKERFILE_LIMIT, with the position.
 */
export function parseDockerfile(text: string, file: string, firstLine = 1): Dockerfile {
  const start = { file, line: firstLine, column: 1 };
  if (text.length > MAX_CHARACTERS) {
    const message = `the file is longer than ${MAX_CHARACTERS} characters`;
    throw new DockerfileError("DOCKERFILE_LIMIT", message, { at: start });
  }
  const source = text.startsWith("\ufeff") ? text.slice(1) : text;
  const reader = new InstructionReader(source, start);
  const instructions = reader.readAll();
  return {
    file,
    directives: reader.directives,
    escape: reader.escape,
    emptyContinuations: reader.emptyContinuations,
    syntax: detectSyntax(source, start),
    ...groupStages(instructions, start),
  };
}

/** The one instruction of an ONBUILD trigger; positions are `at`. Throws DockerfileError. */
export function parseTrigger(trigger: string, at: SourcePosition): Instruction {
  try {
    const [instruction, ...more] = new InstructionReader(trigger, { ...at, line: 1 }).readAll();
    if (instruction === undefined || more.length > 0) {
      throw new DockerfileError("DOCKERFILE_SYNTAX", "an ONBUILD trigger is one instruction");
    }
    return { ...instruction, at };
  } catch (error) {
    if (!(error instanceof DockerfileError)) throw error;
    throw new DockerfileError(error.code, `in the ONBUILD trigger: ${error.message}`, { at, cause: error });
  }
}

class InstructionReader {
  readonly #lines: LineReader;
  readonly #file: string;
  readonly #directiveReader: DirectiveReader;
  readonly directives: Directive[] = [];
  readonly emptyContinuations: number[] = [];
  escape: "\\" | "`" = "\\";

  constructor(text: string, { file, line }: SourcePosition) {
    this.#file = file;
    this.#lines = new LineReader(text, file, line);
    this.#directiveReader = new DirectiveReader(file);
  }

  readAll(): readonly Instruction[] {
    const instructions: Instruction[] = [];
    let stages = 0;
    for (let raw = this.#lines.next(); raw !== undefined; raw = this.#lines.next()) {
      const trimmed = trimNewline(raw);
      const line = trimSpaceLeft(trimmed);
      this.#readDirective(line);
      if (line === "" || line.startsWith("#")) continue;
      const column = trimmed.length - line.length + 1;
      const at = { file: this.#file, line: this.#lines.line, column };
      const instruction = this.#readInstruction(line, at);
      if (instruction.name === "FROM" && ++stages > MAX_STAGES) {
        throw new DockerfileError("DOCKERFILE_LIMIT", `the file has more than ${MAX_STAGES} stages`, { at });
      }
      instructions.push(instruction);
    }
    return instructions;
  }

  #readDirective(line: string): void {
    const directive = this.#directiveReader.read(line, this.#lines.line);
    if (directive === undefined) return;
    this.directives.push(directive);
    if (directive.name !== "escape") return;
    const { value, at } = directive;
    if (value !== "\\" && value !== "`") {
      throw new DockerfileError("DOCKERFILE_SYNTAX", `the escape character is \\ or \`, not "${value}"`, {
        at,
      });
    }
    this.escape = value;
  }

  #readInstruction(first: string, at: SourcePosition): Instruction {
    const line = this.#joinContinuations(first);
    try {
      const parts = instructionParts(line, this.escape);
      const heredocs = parts.takesHeredocs ? this.#readHeredocs(line) : [];
      const trigger = parts.name === "ONBUILD" ? triggerText(line, heredocs) : undefined;
      const { name, flags, args, pairs, json } = parts;
      const known = { name, flags, args, pairs, json, trigger };
      checkInstruction(known);
      return { ...known, text: trimSpace(line), heredocs, at, endLine: this.#lines.line };
    } catch (error) {
      if (!(error instanceof ArgsError || error instanceof LexError)) throw error;
      throw new DockerfileError("DOCKERFILE_SYNTAX", error.message, { at });
    }
  }

  #joinContinuations(first: string): string {
    const pieces: string[] = [];
    let { text, open } = this.#cutContinuation(first);
    pieces.push(text);
    while (open) {
      const raw = this.#lines.next();
      if (raw === undefined) break;
      const line = trimNewline(raw);
      const content = trimSpaceLeft(line);
      if (content.startsWith("#")) continue;
      if (content === "") {
        this.emptyContinuations.push(this.#lines.line);
        continue;
      }
      ({ text, open } = this.#cutContinuation(line));
      pieces.push(text);
    }
    return pieces.join("");
  }

  /** A line goes on where its last character but blanks is one escape character, not two. */
  #cutContinuation(line: string): { text: string; open: boolean } {
    let end = line.length;
    while (end > 0 && (line[end - 1] === " " || line[end - 1] === "\t")) end--;
    const open = end > 0 && line[end - 1] === this.escape && line[end - 2] !== this.escape;
    return open ? { text: line.slice(0, end - 1), open } : { text: line, open };
  }

  #readHeredocs(line: string): readonly Heredoc[] {
    return heredocsOnLine(line).map((head) => ({ ...head, content: this.#heredocContent(head) }));
  }

  #heredocContent({ name, chomp }: HeredocHead): string {
    const lines: string[] = [];
    for (let raw = this.#lines.next(); raw !== undefined; raw = this.#lines.next()) {
      const line = trimNewline(raw);
      if ((chomp ? line.replace(/^\t+/, "") : line) === name) return lines.join("");
      lines.push(raw);
    }
    throw new ArgsError(`the heredoc "${name}" has no end`);
  }
}

type LineParts = Pick<Instruction, "name" | "flags" | "args" | "pairs" | "json"> & {
  readonly takesHeredocs: boolean;
};

function instructionParts(line: string, escape: string): LineParts {
  const split = splitCommand(line, escape);
  // Only ASCII: toUpperCase would make a long s an S.
  const name = /^[A-Za-z]+$/.test(split.name) ? split.name.toUpperCase() : split.name;
  if (!INSTRUCTION_NAMES.includes(name)) throw unknownInstruction(split.name);
  const found = parseInstructionArgs(name, split.rest, escape);
  let heredocName = name;
  let { json } = found;
  if (name === "ONBUILD" && split.rest !== "") {
    // The trigger is parsed now for its form, and again (and checked) where a stage builds on this one.
    const inner = splitCommand(split.rest, escape);
    heredocName = inner.name.toUpperCase();
    json = parseInstructionArgs(heredocName, inner.rest, escape).json;
  }
  const takesHeredocs = ["ADD", "COPY", "RUN"].includes(heredocName) && !json && line.includes("<<");
  return { name, flags: split.flags, ...found, takesHeredocs };
}

function unknownInstruction(name: string): ArgsError {
  const near = suggest(name, INSTRUCTION_NAMES);
  return new ArgsError(`unknown instruction ${name}${near === undefined ? "" : ` (did you mean ${near}?)`}`);
}

function triggerText(line: string, heredocs: readonly Heredoc[]): string {
  const trigger = line.replace(/^[\t\n\f\r ]*ONBUILD[\t\n\f\r ]*/i, "");
  return trigger + heredocs.map(({ content, name }) => `\n${content}${name}`).join("");
}

function groupStages(
  instructions: readonly Instruction[],
  start: SourcePosition,
): Pick<Dockerfile, "metaArgs" | "stages"> {
  const metaArgs: Instruction[] = [];
  const stages: (Stage & { readonly instructions: Instruction[] })[] = [];
  for (const instruction of instructions) {
    const current = stages.at(-1);
    if (instruction.name === "FROM") stages.push(openStage(instruction, stages.length));
    else if (current !== undefined) current.instructions.push(instruction);
    else if (instruction.name === "ARG") metaArgs.push(instruction);
    else {
      throw new DockerfileError("DOCKERFILE_SYNTAX", `${instruction.name} before the first FROM`, {
        at: instruction.at,
        hint: "only ARG may stand there",
      });
    }
  }
  if (stages.length === 0)
    throw new DockerfileError("DOCKERFILE_SYNTAX", "the file has no FROM", { at: start });
  return { metaArgs, stages };
}

function openStage(from: Instruction, index: number): Stage & { readonly instructions: Instruction[] } {
  const [base = "", , name] = from.args;
  const platform = flagValue(from, "platform");
  return { index, name: name?.toLowerCase(), base, platform, from, instructions: [], at: from.at };
}

function trimNewline(line: string): string {
  let end = line.length;
  while (end > 0 && (line[end - 1] === "\n" || line[end - 1] === "\r")) end--;
  return line.slice(0, end);
}

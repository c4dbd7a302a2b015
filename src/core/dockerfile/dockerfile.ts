import type { SourcePosition } from "../base/error.ts";

/** `# syntax=`, `# escape=` or `# check=` at the head of the file. */
export interface Directive {
  readonly name: "syntax" | "escape" | "check";
  readonly value: string;
  readonly at: SourcePosition;
}

/** `--name=value`; `value` is undefined where there is no equals sign. Names keep the case they are written in. */
export interface Flag {
  readonly name: string;
  readonly value: string | undefined;
}

export interface Heredoc {
  readonly name: string;
  /** The lines as they stand (line ends included), the terminator not. */
  readonly content: string;
  /** Variables in it expand (COPY, ADD): no part of the name was quoted. */
  readonly expand: boolean;
  /** `<<-`: leading tabs go. */
  readonly chomp: boolean;
}

/** One `key=value` of ENV and LABEL, or `key[=value]` of ARG; quotes are still in it. */
export interface KeyValue {
  readonly key: string;
  readonly value: string | undefined;
}

export interface Instruction {
  /** Upper case: `FROM`, `RUN`, … */
  readonly name: string;
  /** The logical line as BuildKit keeps it: continuations joined, comments gone, heredoc bodies not in it. */
  readonly text: string;
  readonly flags: readonly Flag[];
  /** The words, the elements of the JSON form, or the one text of the shell form. Empty for ENV, LABEL, ARG, ONBUILD. */
  readonly args: readonly string[];
  /** Of ENV, LABEL and ARG. */
  readonly pairs: readonly KeyValue[];
  /** The JSON (exec) form. */
  readonly json: boolean;
  readonly heredocs: readonly Heredoc[];
  /** Of ONBUILD: the instruction that runs later, as text with its heredocs. */
  readonly trigger: string | undefined;
  readonly at: SourcePosition;
  /** Last line, heredocs included. */
  readonly endLine: number;
}

export interface Stage {
  readonly index: number;
  /** Lower case; undefined where FROM has no AS. */
  readonly name: string | undefined;
  /** As written, before expansion. */
  readonly base: string;
  /** `--platform` of FROM, before expansion. */
  readonly platform: string | undefined;
  readonly from: Instruction;
  readonly instructions: readonly Instruction[];
  readonly at: SourcePosition;
}

/** A parsed Dockerfile: everything in it has a position, nothing is expanded. */
export interface Dockerfile {
  readonly file: string;
  readonly directives: readonly Directive[];
  /** The escape character: backslash or backtick. */
  readonly escape: "\\" | "`";
  /** ARG before the first FROM. */
  readonly metaArgs: readonly Instruction[];
  readonly stages: readonly Stage[];
  /** Lines (from 1) where an empty line stands inside a continuation; BuildKit warns. */
  readonly emptyContinuations: readonly number[];
  /** `# syntax=` (also `// syntax=` and the JSON form, as BuildKit detects it): the frontend image, position of the line. */
  readonly syntax: { readonly ref: string; readonly at: SourcePosition } | undefined;
}

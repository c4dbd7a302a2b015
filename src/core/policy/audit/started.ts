import { findProgram } from "../../audit/image/find-program.ts";
import type { AuditFacts } from "./audit-facts.ts";
import type { Reason } from "./reason.ts";
import { startsOf } from "./starts.ts";

/** A program of the image that something starts. */
export interface StartedProgram {
  /** Plain path, links resolved. */
  readonly path: string;
  /** The path by which it was called, without the links in it resolved: a venv's `bin/python` is known by it. */
  readonly calledAs: string;
  /** What it is started with; empty for those that only start others. */
  readonly args: readonly string[];
  readonly reason: Reason;
}

export interface StartedWord {
  readonly word: string;
  readonly why: string;
  readonly reason: Reason;
}

export interface Started {
  readonly programs: readonly StartedProgram[];
  /** Words that name no program of the image. */
  readonly missing: readonly StartedWord[];
}

/** What a container of the image starts by itself: its entrypoint with the default command, and its health check. */
export function startedBy(facts: AuditFacts): Started {
  const { Entrypoint = [], Cmd = [], Healthcheck } = facts.config;
  const programs: StartedProgram[] = [];
  const missing: StartedWord[] = [];
  const add = (argv: readonly string[], what: "entrypoint" | "command" | "healthcheck"): void => {
    if (argv.length === 0) return;
    const reason: Reason = { what, name: argv.join(" ") };
    for (const { argv: command, wrappers } of startsOf(argv)) {
      for (const word of wrappers) locate(facts, { word, args: [], reason }, { programs, missing });
      const [word, ...args] = command;
      if (word !== undefined) locate(facts, { word, args, reason }, { programs, missing });
    }
  };
  add([...Entrypoint, ...Cmd], Entrypoint.length > 0 ? "entrypoint" : "command");
  const [form, ...test] = Healthcheck?.Test ?? [];
  if (form === "CMD") add(test, "healthcheck");
  if (form === "CMD-SHELL") add(["/bin/sh", "-c", ...test], "healthcheck");
  return { programs, missing };
}

interface Asked {
  readonly word: string;
  readonly args: readonly string[];
  readonly reason: Reason;
}

interface Lists {
  readonly programs: StartedProgram[];
  readonly missing: StartedWord[];
}

/** The program, and what its `#!` line starts in its place. */
function locate(facts: AuditFacts, { word, args, reason }: Asked, { programs, missing }: Lists): void {
  const found = findProgram(facts.tree, word, { config: facts.config, who: undefined });
  if (!found.ok) {
    if (!word.includes("$")) missing.push({ word, why: found.why, reason });
    return;
  }
  const { path, calledAs } = found;
  programs.push({ path, calledAs, args, reason });
  const line = facts.scriptAt(path);
  if (line === undefined) return;
  const script: Reason = { what: "script", name: path, because: reason };
  const [interpreter, ...rest] = line.split(/[ \t]+/).filter((part) => part !== "");
  if (interpreter === undefined) return;
  // `#!/usr/bin/env python3` starts python3, as any other use of env does.
  for (const { argv, wrappers } of startsOf([interpreter, ...rest, `/${path}`, ...args])) {
    for (const each of wrappers)
      direct(facts, { word: each, args: [], reason: script }, { programs, missing });
    const [program, ...own] = argv;
    if (program !== undefined)
      direct(facts, { word: program, args: own, reason: script }, { programs, missing });
  }
}

/** An interpreter: what interprets a script is no script itself. */
function direct(facts: AuditFacts, { word, args, reason }: Asked, { programs, missing }: Lists): void {
  const found = findProgram(facts.tree, word, { config: facts.config, who: undefined });
  if (found.ok) programs.push({ path: found.path, calledAs: found.calledAs, args, reason });
  else missing.push({ word, why: found.why, reason });
}

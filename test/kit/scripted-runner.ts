import type { Command, ProcessRecord, ProcessRunner } from "../../src/edge/process/port.ts";

/** What a scripted program does. `stdout` and `stderr` are also given to the line and byte callbacks. */
export type ScriptedReply = Partial<Omit<ProcessRecord, "argv">>;

export interface ScriptedStep {
  /** The first arguments, exactly, or a test of the whole command. */
  readonly when: readonly string[] | ((command: Command) => boolean);
  readonly reply: ScriptedReply | ((command: Command) => ScriptedReply | Promise<ScriptedReply>);
}

export interface ScriptedRunner extends ProcessRunner {
  /** Every command that was run, in order. */
  readonly calls: readonly Command[];
}

/** A runner that starts nothing: the first step that matches replies; a command without a step fails the test. */
export function createScriptedRunner(steps: readonly ScriptedStep[]): ScriptedRunner {
  const calls: Command[] = [];
  return {
    calls,
    async run(command) {
      calls.push(command);
      const step = steps.find(({ when }) => matches(when, command));
      if (step === undefined) throw new Error(`no scripted step for: ${command.argv.join(" ")}`);
      const reply = typeof step.reply === "function" ? await step.reply(command) : step.reply;
      return recordOf(command, reply);
    },
  };
}

function matches(when: ScriptedStep["when"], command: Command): boolean {
  if (typeof when === "function") return when(command);
  return when.every((argument, index) => command.argv[index] === argument);
}

function recordOf(command: Command, reply: ScriptedReply): ProcessRecord {
  const exitCode = "exitCode" in reply ? reply.exitCode : 0;
  const stdout = reply.stdout ?? "";
  const stderr = reply.stderr ?? "";
  command.onStdoutBytes?.(Buffer.from(stdout));
  for (const line of linesOf(stdout)) command.onStdout?.(line);
  for (const line of linesOf(stderr)) command.onStderr?.(line);
  return {
    argv: command.argv,
    signal: undefined,
    durationMs: 1,
    outcome: exitCode === 0 ? "ok" : "failed",
    ...reply,
    exitCode,
    stdout,
    stderr,
  };
}

function linesOf(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

import { join } from "node:path";
import type { CommandStep, FileName, MatrixEntry, Word } from "../../core/pipeline/pipeline.ts";
import type { StepRun } from "../../core/pipeline/run.ts";
import type { ProcessRecord } from "../../edge/process/port.ts";
import type { Fleet } from "../load-fleet.ts";
import type { World } from "../world.ts";

/** What the steps of a run share. */
export interface RunContext {
  readonly world: World;
  readonly fleet: Fleet;
  /** Files of the run. Artifacts are these very files: all jobs are on one machine. */
  readonly folder: string;
  /** By `job.output`, what jobs have told. */
  readonly outputs: Map<string, string>;
}

export interface Leg {
  readonly job: string;
  /** Whether answers of a step that failed are kept: of a scan that denied, but never a digest of a build. */
  readonly keepsFailures: boolean;
  readonly entry: MatrixEntry | undefined;
}

const TAIL_LINES = 20;

/** One command of lapstrake as a program of its own, as a server starts it. */
export async function runStep(context: RunContext, leg: Leg, step: CommandStep): Promise<StepRun> {
  const { world, fleet } = context;
  const argv = step.argv.flatMap((word) => wordText(context, leg, word));
  const told = { title: step.title, argv: ["lapstrake", ...argv] };
  if (step.unless !== undefined && (await fleet.tree.read(step.unless)) !== undefined)
    return { ...told, state: "skipped", why: `${step.unless} is there`, ms: 0 };
  const name = leg.entry === undefined ? leg.job : `${leg.job} ${leg.entry.image}`;
  const record = await world.runner.run({
    argv: [...world.program, ...blueprintFlags(world, fleet), "--progress", "plain", ...argv],
    cwd: fleet.folder,
    signal: world.kill,
    onStderr: (line) => world.onEvent({ type: "note", level: "info", message: `${name} | ${line}` }),
  });
  const problem = await keepAnswer(context, leg, { step, record });
  return { ...told, ...endOf(record, problem) };
}

function blueprintFlags({ blueprintFile }: World, fleet: Fleet): readonly string[] {
  return blueprintFile === undefined ? [] : ["--blueprint", join(fleet.folder, fleet.blueprint.file)];
}

function wordText(context: RunContext, leg: Leg, word: Word): readonly string[] {
  if (typeof word === "string") return [word];
  if ("matrix" in word) return [leg.entry?.[word.matrix] ?? ""];
  if ("file" in word) return [filePath(context, leg, word.file)];
  const { job, output } = word.words;
  return (context.outputs.get(`${job}.${output}`) ?? "").split(" ").filter((text) => text !== "");
}

function filePath({ folder }: RunContext, { entry }: Leg, file: FileName): string {
  return join(
    folder,
    file.map((part) => (typeof part === "string" ? part : (entry?.[part.matrix] ?? ""))).join(""),
  );
}

interface Answered {
  readonly step: CommandStep;
  readonly record: ProcessRecord;
}

/** Puts the answer where the step says; gives what is wrong with it. */
async function keepAnswer(
  context: RunContext,
  leg: Leg,
  { step, record }: Answered,
): Promise<string | undefined> {
  const { answer } = step;
  if (answer === undefined) return undefined;
  // A part of an answer would be taken for all of it.
  if (record.truncated === true) return "its answer is longer than this machine keeps";
  if (record.outcome !== "ok" && !leg.keepsFailures) return undefined;
  if (answer !== "outputs") {
    await context.world.writeFile(filePath(context, leg, answer.file), record.stdout);
    return undefined;
  }
  for (const line of record.stdout.split("\n")) {
    const equals = line.indexOf("=");
    if (equals > 0) context.outputs.set(`${leg.job}.${line.slice(0, equals)}`, line.slice(equals + 1));
  }
  return undefined;
}

function endOf(
  record: ProcessRecord,
  problem: string | undefined,
): Pick<StepRun, "state" | "exit" | "ms" | "why" | "tail"> {
  const { outcome, exitCode, durationMs, stderr } = record;
  const ms = Math.round(durationMs);
  const exit = exitCode === undefined ? {} : { exit: exitCode };
  if (outcome === "ok" && problem === undefined) return { state: "done", ...exit, ms };
  const isCancelled = outcome === "cancelled" || exitCode === 130;
  const why = problem ?? (exitCode === undefined ? outcome : undefined);
  const tail = stderr.trimEnd().split("\n").slice(-TAIL_LINES);
  return {
    state: isCancelled ? "cancelled" : "failed",
    ...exit,
    ms,
    ...(why === undefined ? {} : { why }),
    tail,
  };
}

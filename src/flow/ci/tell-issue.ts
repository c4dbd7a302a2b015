import { resolve } from "node:path";
import { GATE_OUTCOMES, type GateOutcome } from "../../core/policy/gates/gate.ts";
import type { ProcessRecord } from "../../edge/process/port.ts";
import { FlowError } from "../error.ts";
import type { World } from "../world.ts";

export type IssueReport =
  | { readonly state: "opened" | "renewed" | "closed"; readonly issue: string }
  /** Nothing is wrong, and no issue is open. */
  | { readonly state: "none" };

const LABEL = "lapstrake";
const REPORT_LIMIT = 64 * 1024 * 1024;
/** GitHub takes 65,536 characters. */
const BODY_LIMIT = 60_000;
const GOOD: ReadonlySet<GateOutcome> = new Set(["passed", "waived"]);

/**
 * Keeps the one issue of a fleet: opened where a scan of its released images is not good, renewed while it is not, closed when
 * it is again. It is known by a label and by a mark in its text. Speaks to GitHub by its own program, `gh`.
 */
export async function tellIssue(
  world: World,
  files: { readonly report: string; readonly body: string },
): Promise<IssueReport> {
  const { fleet, outcome } = await readReport(world, files.report);
  const open = await findIssue(world, fleet);
  if (GOOD.has(outcome)) {
    if (open === undefined) return { state: "none" };
    await gh(world, [
      "issue",
      "close",
      open,
      "--comment",
      "A later scan of the released images found nothing that is denied.",
    ]);
    return { state: "closed", issue: open };
  }
  const title = `Released images of ${fleet}: ${outcome}`;
  const stdin = `${markOf(fleet)}\n${await readBody(world, files.body)}`;
  if (open !== undefined) {
    await gh(world, ["issue", "edit", open, "--title", title, "--body-file", "-"], stdin);
    return { state: "renewed", issue: open };
  }
  await gh(world, [
    "label",
    "create",
    LABEL,
    "--force",
    "--color",
    "b60205",
    "--description",
    "Told by lapstrake",
  ]);
  const made = await gh(
    world,
    ["issue", "create", "--title", title, "--label", LABEL, "--body-file", "-"],
    stdin,
  );
  return { state: "opened", issue: made.stdout.trim().split("\n").at(-1) ?? "" };
}

function markOf(fleet: string): string {
  return `<!-- lapstrake fleet: ${fleet} -->`;
}

async function findIssue(world: World, fleet: string): Promise<string | undefined> {
  const { stdout } = await gh(world, [
    "issue",
    "list",
    "--label",
    LABEL,
    "--state",
    "open",
    "--limit",
    "500",
    "--json",
    "number,body",
  ]);
  const issues: unknown = JSON.parse(stdout);
  for (const issue of Array.isArray(issues) ? issues : []) {
    // Both members are checked.
    const { number, body } = Object(issue) as { readonly number?: unknown; readonly body?: unknown };
    if (typeof number === "number" && typeof body === "string" && body.startsWith(markOf(fleet)))
      return String(number);
  }
  return undefined;
}

async function readReport(
  world: World,
  file: string,
): Promise<{ readonly fleet: string; readonly outcome: GateOutcome }> {
  const bytes = await world.tree(world.cwd).read(resolve(world.cwd, file), REPORT_LIMIT);
  if (bytes === undefined) throw new FlowError("CI_REPORT", `there is no report ${file}`);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new FlowError("CI_REPORT", `${file} is no JSON: the scan did not end`);
  }
  const { version, fleet, outcome } = Object(value) as Readonly<Record<string, unknown>>;
  const known = GATE_OUTCOMES.find((each) => each === outcome);
  if (
    version !== 1 ||
    typeof fleet !== "string" ||
    !/^[a-z0-9._-]{1,128}$/.test(fleet) ||
    known === undefined
  )
    throw new FlowError("CI_REPORT", `${file} is no report of \`lapstrake scan --json\``);
  return { fleet, outcome: known };
}

async function readBody(world: World, file: string): Promise<string> {
  const bytes = await world.tree(world.cwd).read(resolve(world.cwd, file), REPORT_LIMIT);
  if (bytes === undefined) throw new FlowError("CI_REPORT", `there is no report ${file}`);
  const text = new TextDecoder().decode(bytes);
  if (text.length <= BODY_LIMIT) return text;
  return `${text.slice(0, BODY_LIMIT)}\n\n… cut here; the whole report is among the artifacts of the run.\n`;
}

async function gh(world: World, args: readonly string[], stdin?: string): Promise<ProcessRecord> {
  const record = await world.runner.run({
    argv: ["gh", ...args],
    ...(stdin === undefined ? {} : { stdin }),
    timeout: 60_000,
    signal: world.kill,
  });
  world.kill.throwIfAborted();
  if (record.outcome === "ok") return record;
  const why =
    record.outcome === "not-found" ? "there is no gh on PATH" : lastLine(record.stderr, record.outcome);
  throw new FlowError("CI_HOST", `gh ${args.slice(0, 2).join(" ")}: ${why}`, {
    hint: "GH_TOKEN needs the right to write issues, GH_REPO says of which repository",
  });
}

function lastLine(text: string, otherwise: string): string {
  return text.trim().split("\n").at(-1) || otherwise;
}

import type { ExitCode } from "../../../core/base/error.ts";
import { suggest } from "../../../core/base/suggest.ts";
import { updateDatabase } from "../../../flow/advisories/update-database.ts";
import {
  checksJson,
  databasesJson,
  importJson,
  renderChecks,
  renderDatabases,
  renderImport,
} from "../../render/databases.ts";
import { type Call, flagOn } from "../command.ts";
import { UsageError } from "../error.ts";

const VERBS = { status, update, verify } as const;

/** `lapstrake db VERB`. */
export async function run(call: Call): Promise<ExitCode> {
  const [name = "status", ...operands] = call.operands;
  const verb = name === "status" || name === "update" || name === "verify" ? VERBS[name] : undefined;
  if (verb === undefined) throw unknownVerb(name);
  if (name !== "update" && operands.length > 0)
    throw new UsageError(
      "USAGE_OPERAND",
      `\`lapstrake db ${name}\` takes no operand, got "${operands.join(" ")}"`,
    );
  return verb({ ...call, operands });
}

function unknownVerb(name: string): UsageError {
  const known = Object.keys(VERBS);
  const like = suggest(name, known);
  return new UsageError(
    "USAGE_OPERAND",
    `\`lapstrake db\` takes one of ${known.join(", ")}, got "${name}"`,
    like === undefined ? {} : { hint: `did you mean \`lapstrake db ${like}\`?` },
  );
}

async function status(call: Call): Promise<ExitCode> {
  const databases = await (await call.world.advisories()).list();
  const view = { databases, now: call.world.clock() };
  answer(call, databasesJson(view), renderDatabases(view));
  return 0;
}

async function update(call: Call): Promise<ExitCode> {
  const result = await updateDatabase(call.world, call.operands);
  const view = { ...result, now: call.world.clock() };
  answer(call, importJson(view), renderImport(view));
  return 0;
}

async function verify(call: Call): Promise<ExitCode> {
  const checks = await (await call.world.advisories()).verify();
  answer(call, checksJson(checks), renderChecks(checks));
  return checks.some(({ wrong }) => wrong !== undefined) ? 1 : 0;
}

function answer(call: Call, json: object, text: string): void {
  call.endProgress();
  call.io.out(flagOn(call.flags, "json") ? `${JSON.stringify(json, null, 2)}\n` : text);
}

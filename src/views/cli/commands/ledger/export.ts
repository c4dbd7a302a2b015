import type { ExitCode } from "../../../../core/base/error.ts";
import { serializeEntry } from "../../../../core/record/entry.ts";
import { statementOf } from "../../../../core/record/statement.ts";
import { type Call, flagOn, flagText } from "../../command.ts";
import { selectedEntries } from "./selected-entries.ts";

/** One line an entry: the ledger's own text, or a statement. With --json all of them as one document. */
export async function run(call: Call): Promise<ExitCode> {
  const { fleet, selected } = await selectedEntries(call);
  call.endProgress();
  const name = fleet.blueprint.fleet;
  if (flagText(call.flags, "format") === "in-toto") {
    const statements = selected.map((entry) => statementOf(name, entry));
    if (flagOn(call.flags, "json")) call.io.out(`${JSON.stringify({ version: 1, statements }, null, 2)}\n`);
    else for (const statement of statements) call.io.out(`${JSON.stringify(statement)}\n`);
    return 0;
  }
  if (flagOn(call.flags, "json"))
    call.io.out(`${JSON.stringify({ version: 1, entries: selected }, null, 2)}\n`);
  else for (const entry of selected) call.io.out(`${serializeEntry(entry)}\n`);
  return 0;
}

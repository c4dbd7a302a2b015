import { resolve } from "node:path";
import type { ExitCode } from "../../../core/base/error.ts";
import type { Inventory } from "../../../core/inventory/inventory.ts";
import { inventory } from "../../../flow/inventory/inventory.ts";
import { renderInventory } from "../../render/inventory.ts";
import { createPaint } from "../../render/progress-text.ts";
import { type Call, flagOn, flagText } from "../command.ts";

export async function run(call: Call): Promise<ExitCode> {
  const { flags, io, world } = call;
  const taken = await inventory(world, {
    engines: (flagText(flags, "engine") ?? "").split(",").filter((word) => word !== ""),
    since: flagText(flags, "since"),
  });
  call.endProgress();
  await writePages(call, taken);
  if (flagOn(flags, "json")) io.out(`${JSON.stringify({ version: 1, ...taken }, null, 2)}\n`);
  else {
    const paint = createPaint(io.outIsTerminal && (io.env["NO_COLOR"] ?? "") === "");
    io.out(renderInventory(taken, { all: flagOn(flags, "all"), paint }));
  }
  return flagOn(flags, "check") ? verdictOf(taken) : 0;
}

/** Drift is a finding. What could not be asked is not proven good, and not proven bad either. */
function verdictOf({ drifted, uncertain }: Inventory): ExitCode {
  if (drifted) return 1;
  return uncertain ? 3 : 0;
}

async function writePages({ flags, io, world }: Call, taken: Inventory): Promise<void> {
  const write = async (flag: string, render: () => Promise<string>): Promise<void> => {
    const path = flagText(flags, flag);
    if (path === undefined) return;
    await world.writeFile(resolve(world.cwd, path), await render());
    if (!flagOn(flags, "quiet")) io.err(`wrote ${path}\n`);
  };
  await write("output", async () => {
    const { renderInventoryMarkdown } = await import("../../render/inventory-markdown.ts");
    return renderInventoryMarkdown(taken);
  });
  await write("html", async () => {
    const { renderInventoryHtml } = await import("../../render/inventory-html.ts");
    return renderInventoryHtml(taken);
  });
}

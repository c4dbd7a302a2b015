import type { Blueprint } from "../../core/blueprint/blueprint.ts";
import type { PhasePlan } from "../../core/blueprint/phase-plan.ts";
import { FlowError } from "../error.ts";
import type { Fleet } from "../load-fleet.ts";
import { createParser } from "../parser.ts";
import { saveParsed } from "../save-parsed.ts";
import type { World } from "../world.ts";

/** The fleet's plan. Throws FlowError NO_PLAN, BlueprintError PLAN_INVALID. */
export async function loadPlan(
  world: World,
  { blueprint, folder, tree }: Pick<Fleet, "blueprint" | "folder" | "tree">,
): Promise<PhasePlan> {
  const { plan, file } = blueprint;
  if (plan === undefined) {
    throw new FlowError("NO_PLAN", `${file} has no plan`, {
      hint: "write one under `plan`, or name its file there (docs/blueprint.md has a sample)",
    });
  }
  if (typeof plan !== "string") return plan;
  const bytes = await tree.read(plan);
  if (bytes === undefined) {
    throw new FlowError("NO_PLAN", `${file} names the plan ${plan}, and there is no such file`, {
      hint: "paths are relative to the folder of the blueprint",
    });
  }
  const parser = createParser(world.parsed(folder, "plan"));
  const parsed = await parser.plan(new TextDecoder().decode(bytes), plan, planNames(blueprint));
  await saveParsed(parser, world);
  return parsed;
}

function planNames({ machines, images, services }: Blueprint) {
  const names = (list: readonly { readonly name: string }[]): readonly string[] =>
    list.map(({ name }) => name);
  return {
    machines: names(machines),
    images: names([...images, ...services.filter(({ planned }) => !planned)]),
    services: names(services),
  };
}

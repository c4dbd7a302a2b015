import { chosenImages, heldImages } from "../../../core/phases/chosen-images.ts";
import type { SizeBudgetFacts } from "../../../core/phases/rules/size-budget.ts";
import { readImageFacts } from "../../image-facts.ts";
import type { Collector } from "../collectors.ts";
import { asFacts } from "./as-facts.ts";
import { ask } from "./ask.ts";

export const collectSizeBudget: Collector<"size-budget"> = async ({ world, open, today, check, machine }) => {
  const chosen = chosenImages(check.images, today, machine);
  const images = await Promise.all(
    heldImages(chosen, today).map(async ({ name, repository, digest }) => {
      const tier = chosen.find((image) => image.name === name)?.tier ?? "cpu";
      const ref = { host: open.host, repository, digest };
      const { answer } = await ask(world, () => readImageFacts(open.registry, ref, world.kill));
      const budget = today.budgets[tier].compressed ?? null;
      return { name, tier, digest, bytes: answer?.bytes ?? null, budget };
    }),
  );
  const facts: SizeBudgetFacts = { release: today.release?.tag ?? null, images };
  return { facts: asFacts(facts) };
};

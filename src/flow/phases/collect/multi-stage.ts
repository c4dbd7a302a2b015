import { chosenImages } from "../../../core/phases/chosen-images.ts";
import type { MultiStageFacts } from "../../../core/phases/rules/multi-stage.ts";
import type { Collector } from "../collectors.ts";
import { asFacts } from "./as-facts.ts";

export const collectMultiStage: Collector<"multi-stage"> = async ({ today, check }) => {
  const images = chosenImages(check.images, today).map(({ name, stages }) => ({ name, stages }));
  const facts: MultiStageFacts = { images };
  return { facts: asFacts(facts) };
};

import { chosenImages, heldImages } from "../../../core/phases/chosen-images.ts";
import { isRunRule } from "../../../core/policy/image/judge-run.ts";
import { verifyImages } from "../../verify/verify-images.ts";
import type { Collected, Collector, Question } from "../collectors.ts";
import { verdictFacts } from "./verdict-facts.ts";

/** What manifests, configs and layers say, without running anything. */
export const collectImagesVerified: Collector<"image-verified"> = (question) => collect(question, false);

/** What each image does when it is started once on this machine's engine. */
export const collectImagesRan: Collector<"image-ran"> = (question) => collect(question, true);

async function collect(
  { world, today, check, machine }: Question<"image-verified"> | Question<"image-ran">,
  run: boolean,
): Promise<Collected> {
  const held = heldImages(chosenImages(check.images, today, machine), today);
  // Without names it would look at all.
  const { images } =
    held.length === 0
      ? { images: [] }
      : await verifyImages(world, { images: held.map(({ name }) => name), run });
  const judged = images.map(({ name, verdicts }) => ({
    image: name,
    verdicts: verdicts.filter(({ rule }) => isRunRule(rule) === run),
  }));
  return verdictFacts(today, held, judged);
}

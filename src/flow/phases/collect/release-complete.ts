import { chosenImages } from "../../../core/phases/chosen-images.ts";
import type { ExpectedImage, ReleaseCompleteFacts } from "../../../core/phases/rules/release-complete.ts";
import type { DeclaredFact } from "../../../core/phases/today.ts";
import type { Collector, Question } from "../collectors.ts";
import { asFacts } from "./as-facts.ts";
import { ask } from "./ask.ts";

export const collectReleaseComplete: Collector<"release-complete"> = async (question) => {
  const { open, today, check } = question;
  const { release } = today;
  const chosen = chosenImages(check.images, today);
  const facts: ReleaseCompleteFacts = {
    release: release?.tag ?? null,
    dirty: release?.dirty ?? false,
    registry: open.host,
    images: await Promise.all(chosen.map((image) => expectedImage(question, image))),
  };
  return { facts: asFacts(facts) };
};

async function expectedImage(
  { world, open, today }: Question<"release-complete">,
  { name, tier, unavailable }: DeclaredFact,
): Promise<ExpectedImage> {
  const held = today.release?.images.find((image) => image.name === name);
  const named = today.release?.unavailable.find((image) => image.name === name)?.why ?? null;
  const common = { name, tier, named, unavailable: unavailable ?? null };
  if (held === undefined) return { ...common, digest: null, present: "no" };
  const { repository, digest } = held;
  const { answer, why } = await ask(world, async () => {
    const found = await open.registry.resolve(
      { host: open.host, repository, digest },
      { signal: world.kill },
    );
    return found === undefined ? "no" : "yes";
  });
  return { ...common, digest, present: why === undefined ? answer : "unknown" };
}

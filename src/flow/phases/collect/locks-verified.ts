import { chosenImages, heldImages } from "../../../core/phases/chosen-images.ts";
import type { Verdict } from "../../../core/policy/verdict.ts";
import { readFleetLocks } from "../../locks/locks-in-images.ts";
import { verifyLocks } from "../../locks/verify-locks.ts";
import type { Collector } from "../collectors.ts";
import { verdictFacts } from "./verdict-facts.ts";

/** Also asks the package index: whether it lists a hash is what tells a lock that was made from one that was made up. */
export const collectLocksVerified: Collector<"locks-verified"> = async ({
  world,
  open,
  today,
  check,
  machine,
}) => {
  const held = heldImages(chosenImages(check.images, today, machine), today);
  const { uses, locks } = await readFleetLocks(open.fleet);
  const verdicts = await verifyLocks(world, open.fleet, { online: true });
  const judged = held.map(({ name: image }) => {
    const installed = new Set(uses.flatMap((use) => (use.image === image ? [use.facts.lock.path] : [])));
    const isAbout = ({ subject }: Verdict): boolean =>
      subject.kind === "image"
        ? subject.name === image
        : (subject.image ?? image) === image && installed.has(subject.name);
    return { image, verdicts: verdicts.filter(isAbout) };
  });
  return { ...verdictFacts(today, held, judged), files: locks.map(({ lock }) => lock.path) };
};

import { chosenImages, heldImages } from "../../../core/phases/chosen-images.ts";
import { auditOutcome } from "../../../core/policy/audit/audit-outcome.ts";
import { verdictOf } from "../../../core/policy/verdict.ts";
import { auditImages } from "../../audit/audit-images.ts";
import type { Collector } from "../collectors.ts";
import { verdictFacts } from "./verdict-facts.ts";

/** What each image needs is in it and fits; what images built on it use counts as used. */
export const collectAudited: Collector<"audit"> = async ({ world, today, check, machine }) => {
  const held = heldImages(chosenImages(check.images, today, machine), today);
  if (held.length === 0) return verdictFacts(today, held, []);
  const images = held.map(({ name }) => name);
  const report = await auditImages(world, { images, dependents: false, alone: false, reached: false });
  const judged = report.images.map((image) => {
    const { name, digest } = image;
    const { outcome, reason } = auditOutcome({ images: [image], left: [] });
    const subject = { kind: "image", name, ...(digest === undefined ? {} : { digest }) } as const;
    const reasons = [{ message: reason }];
    return {
      image: name,
      verdicts: [
        verdictOf(
          { rule: "audit", subject, inputs: [] },
          { ...(outcome === "fails" ? { fails: reasons } : {}), holds: { message: reason } },
        ),
      ],
    };
  });
  return verdictFacts(today, held, judged);
};

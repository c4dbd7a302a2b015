import { parseImagePlace } from "../../core/oci/image-place.ts";
import type { World } from "../world.ts";
import { auditFleet } from "./audit-fleet.ts";
import { auditQuestions } from "./audit-questions.ts";
import type { AuditAsk, AuditedTarget, AuditReport } from "./audit-report.ts";
import { auditTarget, NO_CHILDREN, usedOf } from "./audit-target.ts";
import { readPlace } from "./read-targets.ts";
import { sourceReader } from "./source-reader.ts";

/** Reads images and what is built on them, once per layer ever, and says what each needs, has, lacks and wastes. */
export async function auditImages(world: World, ask: AuditAsk): Promise<AuditReport> {
  const places = ask.images.map(parseImagePlace);
  const names = places.flatMap((place) => (place.kind === "fleet" ? [place.name] : []));
  const others: AuditedTarget[] = [];
  for (const place of places) {
    if (place.kind === "fleet") continue;
    const sources = await sourceReader(world);
    const target = usedOf(await readPlace(world, place, auditQuestions(sources)), sources);
    others.push(await auditTarget(world, target, { ...NO_CHILDREN, machines: [], ask }));
  }
  if (names.length === 0 && others.length > 0)
    return { release: undefined, images: others, left: [], state: undefined };
  const fleet = await auditFleet(world, { ...ask, images: names });
  return { ...fleet, images: [...fleet.images, ...others] };
}

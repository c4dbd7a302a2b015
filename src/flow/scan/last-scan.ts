import type { ReleaseBody, ScanBody } from "../../core/record/kinds.ts";
import type { OpenFleet } from "../tags/open-fleet.ts";
import type { World } from "../world.ts";

/** What the gates said of the images of a release before, and when. */
export interface LastScan extends Pick<ScanBody, "outcome" | "reason" | "asOf"> {
  /** ISO 8601. */
  readonly time: string;
  /** Whole days since then. */
  readonly ageDays: number;
}

/** The newest scan that looked at all of these images: one of some, or of other content, says nothing of the release. */
export async function lastScan(
  { clock }: Pick<World, "clock">,
  { state }: Pick<OpenFleet, "state">,
  { images }: Pick<ReleaseBody, "images">,
): Promise<LastScan | undefined> {
  const scans = await state.ledger.entriesOf("scan");
  const last = scans.findLast(({ body }) => {
    const seen = new Map(body.images.map(({ name, digest }) => [name, digest]));
    return images.every(({ name, digest }) => seen.get(name) === digest);
  });
  if (last === undefined) return undefined;
  const { outcome, reason, asOf } = last.body;
  const ageDays = Math.floor((clock() - Date.parse(last.time)) / 86_400_000);
  return { outcome, reason, asOf, time: last.time, ageDays };
}

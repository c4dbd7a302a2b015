import { shortDigest } from "../../core/base/digest.ts";
import type { PromotedImage } from "../../core/record/kinds.ts";
import { renderTable } from "./table.ts";

/** What a promotion came to, as far as it is shown. */
export interface PromotionView {
  readonly state: "unchanged" | "promoted" | "partly";
  readonly channel: string;
  readonly release: string;
  readonly images: readonly (PromotedImage & {
    readonly state: "stood" | "moved" | "failed";
    readonly why?: string;
  })[];
  readonly left: readonly string[];
}

export function renderPromotion({ state, channel, release, images, left }: PromotionView): string {
  const rows = images.map(({ repository, digest, before, state, why }) => [
    `${repository}:${channel}`,
    state,
    `${before === null ? "nothing" : shortDigest(before)} -> ${shortDigest(digest)}`,
    why ?? "",
  ]);
  const count = (wanted: string): number => images.filter((image) => image.state === wanted).length;
  const ends = {
    unchanged: `nothing to do: ${channel} is ${release} (${images.length} images)`,
    promoted: `${channel} is now ${release}: ${count("moved")} images moved, ${count("stood")} stood there already`,
    partly: `${channel} is only partly ${release}: ${count("failed")} of ${images.length} images could not be moved; run the same command to go on`,
  };
  const stale = left.map((name) => `${name} is not in ${release}: its ${channel} stays where it is`);
  return `${[renderTable(rows), ...stale, ends[state]].join("\n")}\n`;
}

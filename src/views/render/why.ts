import { shortDigest } from "../../core/base/digest.ts";
import type { PlannedImage } from "../../core/plan/plan.ts";
import { formatReason } from "../../core/plan/reason.ts";

export interface WhyView {
  readonly image: PlannedImage;
  readonly because: readonly WhyView[];
}

/** The image's state, its reasons, and under each moved parent the parent's own reasons. */
export function renderWhy(view: WhyView, indent = ""): string {
  const { image } = view;
  const reasons = image.reasons.map((reason) => `${indent}  ${formatReason(reason)}\n`);
  const unavailable = image.unavailable === undefined ? [] : [`${indent}  root ${image.unavailable}\n`];
  const same =
    reasons.length + unavailable.length === 0
      ? [`${indent}  nothing moved since it was last released or built\n`]
      : [];
  const chain = view.because.map((parent) => renderWhy(parent, `${indent}    `));
  return [`${indent}${image.name}: ${stateOf(image)}\n`, ...unavailable, ...reasons, ...same, ...chain].join(
    "",
  );
}

function stateOf({ action, digest, identity }: PlannedImage): string {
  const id = identity === undefined ? "" : `, identity ${shortDigest(identity)}`;
  switch (action) {
    case "reuse":
      return `stands as ${digest === undefined ? "?" : shortDigest(digest)}${id}`;
    case "build":
      return `will be built${id}`;
    case "wait":
      return "open until its parents exist";
    case "unavailable":
      return "unavailable here";
  }
}

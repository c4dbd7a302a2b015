import type { LeftImage, ScanReport } from "../../core/policy/gates/gate.ts";
import { groupBy } from "./progress-text.ts";

/** Images that no gate looked at for one reason, those that were to be judged first. */
export interface LeftGroup extends Omit<LeftImage, "name"> {
  readonly names: readonly string[];
}

export function leftGroups({ left }: Pick<ScanReport, "left">): readonly LeftGroup[] {
  const groups = groupBy(left, ({ asked, why }) => `${asked ? "asked" : "other"} ${why}`);
  return [...groups.values()]
    .flatMap(([first, ...more]) =>
      first === undefined
        ? []
        : [{ why: first.why, asked: first.asked, names: [first, ...more].map(({ name }) => name) }],
    )
    .sort((one, other) => Number(other.asked) - Number(one.asked));
}

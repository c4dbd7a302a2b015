import type { BaselineEntry } from "../../core/blueprint/baseline.ts";
import {
  medianReduction,
  percentText,
  type ReducedService,
} from "../../core/policy/size/median-reduction.ts";
import { printable } from "./printable.ts";
import { sizeTable, sizeText } from "./size-cells.ts";

export interface BaselineView {
  readonly file: string;
  readonly services: readonly {
    readonly service: string;
    readonly state: "built" | "kept" | "failed" | "left" | "cancelled";
    readonly why?: string;
    readonly entry?: BaselineEntry;
  }[];
}

export interface ReductionView {
  readonly release: string | undefined;
  readonly services: readonly ReducedService[];
}

/** What each service was, what it is now, and how much less that is. */
export function renderBaselines({ file, services }: BaselineView, reductions: ReductionView): string {
  const { services: reduced, median } = medianReduction(reductions.services, 0);
  const now = new Map(reduced.map((each) => [each.service, each]));
  const rows = services.flatMap(({ service, state, entry }) => {
    if (entry === undefined) return [];
    const { now: sizes, reduction } = now.get(service) ?? {};
    return [
      [
        service,
        sizeText(entry.compressed),
        sizeText(sizes?.compressed),
        reduction === undefined ? "-" : percentText(reduction.compressed),
        sizeText(entry.unpacked),
        sizeText(sizes?.unpacked),
        reduction === undefined ? "-" : percentText(reduction.unpacked),
        state,
      ],
    ];
  });
  const heads = ["service", "compressed", "now", "less", "unpacked", "now", "less", ""];
  const table =
    rows.length === 0
      ? ""
      : sizeTable([heads, ...rows], {
          align: ["left", "right", "right", "right", "right", "right", "right", "left"],
          indent: 0,
        });
  const others = services.flatMap(({ service, state, why }) =>
    state === "built" || state === "kept"
      ? []
      : [`${service}: ${state}${why === undefined ? "" : `: ${why}`}\n`],
  );
  const middle =
    median === undefined
      ? ""
      : `median of these services: ${percentText(median.compressed)} less compressed, ${percentText(median.unpacked)} less unpacked\n`;
  const where = rows.length === 0 ? "" : `recorded in ${file}; commit it\n`;
  return printable(`${table}${others.join("")}${middle}${where}`);
}

/** `size --baseline --json`: version 1. */
export function baselinesJson(
  { file, services }: BaselineView,
  { release, services: reduced }: ReductionView,
) {
  const { services: compared, median } = medianReduction(reduced, 0);
  return { version: 1, file, release: release ?? null, services, compared, median: median ?? null };
}

import type { GateName, ScanReport } from "../../core/policy/gates/gate.ts";
import { toldFindings } from "../../core/policy/gates/told-findings.ts";
import { groupBy } from "./progress-text.ts";

/** What a gate could not tell, of which images: it blocks them as a denial does. */
export interface Untold {
  readonly gate: GateName;
  readonly level: "unknown" | "error";
  readonly message: string;
  readonly hint: string | undefined;
  readonly images: readonly string[];
}

type Single = Omit<Untold, "images"> & { readonly image: string };

/** What is not known of several images for one reason is told once, that of most images first. */
export function untold({ images }: Pick<ScanReport, "images">): readonly Untold[] {
  const single = images.flatMap(({ name, verdicts }) =>
    verdicts.flatMap((verdict) =>
      toldFindings(verdict).flatMap(({ level, waiver, message, hint }): readonly Single[] =>
        (level === "unknown" || level === "error") && waiver === undefined
          ? [{ gate: verdict.gate, level, message, hint, image: name }]
          : [],
      ),
    ),
  );
  const groups = groupBy(single, ({ gate, level, message }) => `${gate} ${level} ${message}`);
  return [...groups.values()]
    .flatMap(([first, ...more]) =>
      first === undefined
        ? []
        : [{ ...first, images: [...new Set([first, ...more].map(({ image }) => image))] }],
    )
    .sort((one, other) => other.images.length - one.images.length);
}

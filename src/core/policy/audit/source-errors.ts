import { sourceOf } from "../../audit/reach/reach-modules.ts";
import type { Mismatch } from "./image-audit.ts";
import type { ImageUse } from "./image-use.ts";
import { fileOf, lineOf } from "./reached-files.ts";

/**
 * Sources that are imported in any case and that the grammar has errors in: an interpreter refuses such a file. No more than a
 * warning, since the grammar finds errors in some rare code that is valid.
 */
export function sourceErrors({ python, facts }: ImageUse): readonly Mismatch[] {
  return python.flatMap(({ reach, reasons }) =>
    [...reach.modules.values()].flatMap(({ module, found, level }): Mismatch[] => {
      const path = fileOf(found);
      const [line] = sourceOf(found, facts.sourceAt)?.errors ?? [];
      if (level !== "required" || path === undefined || line === undefined) return [];
      const reason = reasons.of(module);
      return [
        {
          rule: "source-error",
          subject: lineOf(path, line),
          message: "the source has an error, for which the interpreter may refuse the file",
          severity: "warning",
          ...(reason === undefined ? {} : { reason }),
        },
      ];
    }),
  );
}

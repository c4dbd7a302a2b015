import type { Mismatch } from "./image-audit.ts";
import type { ImageUse } from "./image-use.ts";
import { lineOf } from "./reached-files.ts";

/** Imports that fail in any case for what they name in a module that is there, or for where they stand. */
export function importFaults({ python }: ImageUse): readonly Mismatch[] {
  return python.flatMap(({ reach, reasons }) =>
    reach.faults.map(({ rule, module, path, line, message }): Mismatch => {
      const reason = reasons.of(module);
      return {
        rule,
        subject: lineOf(path, line),
        message,
        severity: "error",
        ...(reason === undefined ? {} : { reason }),
      };
    }),
  );
}

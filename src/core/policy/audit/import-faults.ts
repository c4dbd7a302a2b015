import type { Mismatch } from "./image-audit.ts";
import type { ImageUse } from "./image-use.ts";

/** Imports that fail in any case for what they name in a module that is there, or for where they stand. */
export function importFaults({ python }: ImageUse): readonly Mismatch[] {
  return python.flatMap(({ reach, reasons }) =>
    reach.faults.map(({ rule, module, path, line, message }): Mismatch => {
      const reason = reasons.of(module);
      const subject = path.startsWith("<") ? `${path}:${line}` : `/${path}:${line}`;
      return { rule, subject, message, severity: "error", ...(reason === undefined ? {} : { reason }) };
    }),
  );
}

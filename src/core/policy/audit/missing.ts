import type { Attempt } from "../../audit/loader/load-trace.ts";
import type { HostLibrary, Missing } from "./image-audit.ts";
import type { ImageUse } from "./image-use.ts";
import type { Reason } from "./reason.ts";

/** What is asked for and not in the image: libraries, modules, programs, each with the surest way that asks for it. */
export function missingOf({ links, python, started }: ImageUse): readonly Missing[] {
  const found: Missing[] = [];
  for (const { unmet } of links) {
    for (const { edge, level, reason } of unmet) {
      if (edge.outcome.state !== "missing" || edge.kind === "auxiliary") continue;
      const because: Reason = { what: "library", name: edge.needed, because: reason };
      found.push({
        what: "library",
        name: edge.needed,
        level,
        reason: because,
        tried: edge.tried.map(attemptText),
      });
    }
  }
  for (const { reach, reasons } of python) {
    for (const { module, level, via, misfits } of reach.missing.values()) {
      const from = via && reasons.of(via.module);
      const at = via && `${via.path}:${via.line}`;
      const reason: Reason = {
        what: "import",
        name: module,
        ...(at === undefined ? {} : { at }),
        ...(from === undefined ? {} : { because: from }),
      };
      const tried = misfits.map((path) => `/${path}: it is for another Python`);
      found.push({ what: "module", name: module, level, reason, ...(tried.length === 0 ? {} : { tried }) });
    }
  }
  for (const { word, level, reason } of started.missing)
    found.push({ what: "program", name: word, level, reason });
  return [...new Map(found.map((each) => [`${each.what} ${each.name} ${each.level}`, each])).values()];
}

/** Libraries of the driver, with what needs them. */
export function hostLibraries({ links }: ImageUse): readonly HostLibrary[] {
  const found = new Map<string, Set<string>>();
  for (const { unmet } of links)
    for (const { edge } of unmet)
      if (edge.outcome.state === "host")
        found.set(edge.needed, (found.get(edge.needed) ?? new Set()).add(edge.from));
  return [...found].map(([name, neededBy]) => ({ name, neededBy: [...neededBy].sort() }));
}

/** `/usr/lib/x.so (default): absent`. */
function attemptText({ by, of, path, why }: Attempt): string {
  const whose = of === undefined ? by : `${by} of /${of}`;
  return `${path ?? ""} (${whose}): ${why}`.trim();
}

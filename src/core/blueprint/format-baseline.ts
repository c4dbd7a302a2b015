import { stringify } from "yaml";
import type { Baseline, BaselineEntry } from "./baseline.ts";

const HEADER = "# written by lapstrake size --baseline; review and commit\n";

/** The text of `lapstrake.baseline`: equal baselines give equal text, services by name, whatever the order of their keys. */
export function formatBaseline({ version, services }: Baseline): string {
  const ordered = Object.entries(services)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, entry]) => [name, entryOf(entry)] as const);
  const body = { version, services: Object.fromEntries(ordered) };
  // Digests stay on their line; an alias would hide that two roots are equal.
  return HEADER + stringify(body, { lineWidth: 0, aliasDuplicateObjects: false, version: "1.2" });
}

function entryOf({ from, ...entry }: BaselineEntry): unknown {
  const { compressed, unpacked, digest, repository, platform, built, tool } = entry;
  const { root, digest: rootDigest, apt, requirements, folders } = from;
  return {
    compressed,
    unpacked,
    digest,
    repository,
    platform,
    built,
    tool,
    from: { root, digest: rootDigest, apt, requirements, folders },
  };
}

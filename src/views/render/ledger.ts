import { shortDigest } from "../../core/base/digest.ts";
import { type Entry, isKind } from "../../core/record/entry.ts";
import type { PruneBody } from "../../core/record/kinds.ts";
import { printable } from "./printable.ts";
import { formatMs } from "./progress-text.ts";
import { renderTable } from "./table.ts";

/** `total`: how many the ledger has. */
export function renderEntries(entries: readonly Entry[], total: number): string {
  if (total === 0) return "the ledger is empty\n";
  if (entries.length === 0) return `none of the ${total} entries is so\n`;
  return printable(
    `${renderTable(entries.map((entry) => [String(entry.seq), entry.time, entry.kind, summary(entry)]))}\n`,
  );
}

function summary(entry: Entry): string {
  if (isKind(entry, "build")) {
    const { image, digest, durationMs } = entry.body;
    return `${image} ${shortDigest(digest)} in ${formatMs(durationMs)}`;
  }
  if (isKind(entry, "release")) {
    const { tag, images, partial } = entry.body;
    return `${tag}: ${images.length} images${partial ? ", partial" : ""}`;
  }
  if (isKind(entry, "promotion")) {
    const { channel, release, state, images } = entry.body;
    return `${channel} to ${release}: ${images.length} images, ${state}`;
  }
  if (isKind(entry, "prune")) return pruned(entry.body);
  if (isKind(entry, "evidence")) {
    const { phase, rule, machine, outcome } = entry.body;
    return `phase ${phase} ${rule}${machine === null ? "" : `@${machine}`}: ${outcome}`;
  }
  if (isKind(entry, "gate")) return `phase ${entry.body.phase}: ${entry.body.state}`;
  if (isKind(entry, "claims")) {
    const { file, claims } = entry.body;
    return `${claims.filter(({ done }) => done).length} of ${claims.length} phases claimed done by ${file}`;
  }
  if (isKind(entry, "audit")) {
    const { what, images, outcome, reason } = entry.body;
    return `${what} of ${images.length} images ${outcome}: ${reason}`;
  }
  if (isKind(entry, "scan")) {
    const { images, outcome, reason, asOf } = entry.body;
    return `${images.length} images as of ${asOf} ${outcome}: ${reason}`;
  }
  return "(a kind of a later version)";
}

function pruned({ state, images, engines, left, keep, olderThanDays }: PruneBody): string {
  const repositories = new Set(images.map(({ host, repository }) => `${host}/${repository}`)).size;
  const extra = [
    ...(engines.length === 0 ? [] : [`${engines.length} of engines`]),
    ...(left.length === 0 ? [] : [`${left.length} not given up`]),
  ];
  const what = [`${images.length} manifests of ${repositories} repositories`, ...extra].join(", ");
  return `${what}, ${state} (keep ${keep}, older than ${olderThanDays} days)`;
}

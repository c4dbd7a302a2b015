import { shortDigest } from "../../core/base/digest.ts";
import { type Entry, isKind } from "../../core/record/entry.ts";
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
  return "(a kind of a later version)";
}

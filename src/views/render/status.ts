import { type Digest, shortDigest } from "../../core/base/digest.ts";
import type { ReleaseBody } from "../../core/record/kinds.ts";
import { renderTable } from "./table.ts";

export interface StatusView {
  readonly release: ReleaseBody | undefined;
  readonly rows: readonly {
    readonly name: string;
    readonly status: string;
    readonly digest: Digest | undefined;
    readonly released: Digest | undefined;
  }[];
  readonly gone: readonly string[];
}

export function renderStatus({ release, rows, gone }: StatusView): string {
  const table = rows.map(({ name, status, digest, released }) => [
    name,
    status,
    digest === undefined ? "-" : shortDigest(digest),
    status !== "released" && released !== undefined ? `released: ${shortDigest(released)}` : "",
  ]);
  const left = gone.map((name) => [name, "gone", "-", "released, but no longer in the blueprint"]);
  const head =
    release === undefined
      ? "never released"
      : `last release ${release.tag}${release.partial ? " (partial)" : ""}${release.dirty ? " (dirty tree)" : ""}`;
  return `${renderTable([...table, ...left])}\n\n${head}; ${countBy(rows.map(({ status }) => status))}\n`;
}

function countBy(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, count]) => `${count} ${word}`).join(", ");
}

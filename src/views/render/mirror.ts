import type { Digest } from "../../core/base/digest.ts";
import { formatBytes } from "./progress-text.ts";
import { renderTable } from "./table.ts";

/** What a mirroring came to, as far as it is shown. */
export interface MirrorView {
  readonly state: "mirrored" | "unchanged" | "partly";
  readonly release: string;
  readonly target: string;
  readonly images: readonly {
    readonly ref: string;
    readonly digest: Digest;
    readonly state: "present" | "copied" | "failed" | "waiting";
    readonly why?: string;
  }[];
  readonly blobsSent: number;
  readonly bytesSent: number;
}

export function renderMirror(view: MirrorView): string {
  const { state, release, target, images, blobsSent, bytesSent } = view;
  const rows = images.map(({ ref, digest, state, why }) => [ref, state, digest, why ?? ""]);
  const count = (wanted: string): number => images.filter((image) => image.state === wanted).length;
  const traffic = `${blobsSent} blobs sent, ${formatBytes(bytesSent)}`;
  const ends = {
    unchanged: `nothing to do: ${target} has ${release} (${images.length} references)`,
    mirrored: `${target} has ${release}: ${count("copied")} references put, ${count("present")} were there; ${traffic}`,
    partly: `${target} does not have all of ${release}: ${count("failed")} failed, and no tag is put before all can be (${traffic}); run the same command to go on`,
  };
  return `${renderTable(rows)}\n${ends[state]}\n`;
}

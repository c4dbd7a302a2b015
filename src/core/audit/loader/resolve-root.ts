import { GlibcProcess } from "./glibc-process.ts";
import type { LdCacheIndex } from "./ld-cache-index.ts";
import type { LoaderImage, LoadRoot, LoadTrace } from "./load-trace.ts";
import { MuslProcess } from "./musl-process.ts";
import { findSystemLoader } from "./system-loader.ts";

/**
 * All that a program's loader would load, and the reason of each edge, without running anything. Names that are missing do not end
 * it, as they would a process: every one is to be known. Bounded for any input: what is not followed is an outcome `unknown`
 * or a note.
 */
export function resolveRoot(image: LoaderImage, root: LoadRoot, cache: LdCacheIndex | undefined): LoadTrace {
  const program = image.elfAt(root.program);
  const empty = { root, objects: [], takenBack: [], edges: [], versions: [], isCut: false };
  if (program === undefined)
    return {
      ...empty,
      loader: "unknown",
      notes: [`${root.program} is no ELF file, or none that is in the image`],
    };
  const system = findSystemLoader(image, program);
  const alone = [{ path: root.program, foundAs: `/${root.program}` }];
  if (system === undefined) {
    const notes =
      root.opened.length === 0
        ? []
        : ["a program without a loader opens no libraries: those that it should open were not looked at"];
    return { ...empty, objects: alone, loader: "none", notes };
  }
  if (system.kind === "glibc") return new GlibcProcess({ image, root, program, system, cache }).run();
  if (system.kind === "musl") return new MuslProcess({ image, root, program, system, cache }).run();
  const why = `the rules of the loader ${system.name} are not known`;
  const edges = program.needed.map((needed) => ({
    from: root.program,
    needed,
    kind: "needed" as const,
    outcome: { state: "unknown" as const, why },
    tried: [],
  }));
  return { ...empty, objects: alone, edges, loader: "unknown", notes: [why] };
}

import type { Digest } from "../../base/digest.ts";
import type { ResolvedInstruction } from "../../dockerfile/resolved.ts";
import type { ImageGraph, ImageNode } from "../../graph/image-graph.ts";
import type { ImageConfig } from "../../oci/manifest.ts";
import { baseChain } from "../locks/base-chain.ts";

/** Where a layer of an image comes from. */
export interface LayerOrigin {
  /** The lowest is 0. */
  readonly layer: number;
  readonly diffId: Digest;
  /** As the image's history has it; undefined where that says nothing. */
  readonly createdBy: string | undefined;
  /** The image of the fleet that brought it, or the root; undefined where the history does not tell. */
  readonly owner?: string;
  /** Of the Dockerfile that made it: known for images of the fleet, unless the file was changed since. */
  readonly instruction?: InstructionPlace;
}

export interface InstructionPlace {
  /** The image of the fleet whose Dockerfile it is. */
  readonly image: string;
  readonly file: string;
  /** First and last, counting from 1. */
  readonly line: number;
  readonly endLine: number;
}

/** Each layer with its entry of the history; `of` is the image in the fleet that it is, where it is one. */
export function layerOrigins(
  { history, rootfs }: ImageConfig,
  of?: { readonly graph: ImageGraph; readonly node: ImageNode },
): readonly LayerOrigin[] {
  const { places, owners } = of === undefined ? { places: [], owners: [] } : historyPlaces(history, of);
  const entries = [...history.entries()].filter(([, { emptyLayer }]) => emptyLayer !== true);
  // A history that leaves out entries, as some tools write it, says of no layer which one is its own.
  const isWhole = entries.length === rootfs.diffIds.length;
  return rootfs.diffIds.map((diffId, layer) => {
    const [index, entry] = (isWhole ? entries[layer] : undefined) ?? [];
    const [instruction, owner] = index === undefined ? [] : [places[index], owners[index]];
    return {
      layer,
      diffId,
      createdBy: entry?.createdBy,
      ...(owner === undefined ? {} : { owner }),
      ...(instruction === undefined ? {} : { instruction }),
    };
  });
}

interface HistoryPlaces {
  readonly places: readonly (InstructionPlace | undefined)[];
  readonly owners: readonly (string | undefined)[];
}

/**
 * Every instruction but FROM leaves one entry in the history, so both are followed from their ends, down through the bases.
 * From the first stage on that does not agree, nothing is known.
 */
function historyPlaces(
  history: ImageConfig["history"],
  { graph, node }: { readonly graph: ImageGraph; readonly node: ImageNode },
): HistoryPlaces {
  const start = { node, stage: node.dockerfile.target };
  const places: (InstructionPlace | undefined)[] = history.map(() => undefined);
  const owners: (string | undefined)[] = history.map(() => undefined);
  let at = history.length;
  const { below, root } = baseChain(graph, start);
  for (const { node: image, stage } of [start, ...below]) {
    const found = image.dockerfile.stages.find(({ index }) => index === stage);
    const instructions = (found?.instructions ?? []).filter(({ name }) => name !== "FROM");
    const first = at - instructions.length;
    const fits =
      first >= 0 &&
      instructions.every(({ name }, index) => name === nameOf(history[first + index]?.createdBy));
    if (!fits) return { places, owners };
    owners.fill(image.name, first, at);
    for (const [index, instruction] of instructions.entries()) {
      if (!agrees(instruction, history[first + index]?.createdBy ?? "")) continue;
      const { at: position, endLine } = instruction;
      places[first + index] = { image: image.name, file: position.file, line: position.line, endLine };
    }
    at = first;
  }
  if (root !== undefined) owners.fill(root.name, 0, at);
  return { places, owners };
}

/** BuildKit writes the instruction; the builder before it wrote `/bin/sh -c #(nop)  CMD …`, and of a RUN the command alone. */
function nameOf(createdBy = ""): string {
  const text = createdBy.replace(/^\/bin\/sh -c #\(nop\)\s+/, "");
  return text.startsWith("/bin/sh -c ") ? "RUN" : (/^[A-Z]+/.exec(text)?.[0] ?? "");
}

/** Of a RUN, whether the history has the command that the Dockerfile has now. */
function agrees({ name, canonical }: ResolvedInstruction, createdBy: string): boolean {
  if (name !== "RUN" || canonical === null || typeof canonical !== "object" || !("args" in canonical))
    return true;
  const { args, heredocs } = canonical;
  if (!Array.isArray(args) || (Array.isArray(heredocs) && heredocs.length > 0)) return true;
  return plain(createdBy).includes(plain(args.join(" ")));
}

function plain(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

import { createHash } from "node:crypto";
import { AuditError } from "../../../core/audit/error.ts";
import { LayerCollector } from "../../../core/audit/image/layer-collector.ts";
import type { ContentQuestion } from "../../../core/audit/image/layer-facts.ts";
import { type Digest, finishDigest } from "../../../core/base/digest.ts";
import { type Passed, readInPasses } from "./passes.ts";
import type { ReadLayer, ReadLayerOptions, StoredLayer } from "./port.ts";
import { unpack } from "./unpack.ts";

/** No layer is larger unpacked; the largest real ones have some gigabytes. */
const MAX_BYTES = 64 * 1024 ** 3;
/** Real layers unpack to two to ten times their size; small ones of zeros may to more, and cost nothing. */
const MAX_RATIO = 200;
const FREE_BYTES = 1024 ** 3;

/** Bytes that a blob of this size may unpack to before it counts as a bomb. */
export function unpackedLimit(size: number): number {
  return Math.min(MAX_BYTES, Math.max(FREE_BYTES, size * MAX_RATIO));
}

export interface LayerQuestions extends ReadLayerOptions {
  readonly questions: readonly ContentQuestion[];
  /** Bytes; `unpackedLimit` unless told. */
  readonly limit?: number;
}

/** All passes over a layer that its files ask for, what it unpacks to verified by diffID. */
export function readLayer(layer: StoredLayer, options: LayerQuestions): Promise<ReadLayer> {
  const { name, size, diffId } = layer;
  const { signal, onBytes, limit } = options;
  return readInPasses(options.questions, async (questions) => {
    const source = counted(layer.open(signal === undefined ? {} : { signal }), onBytes);
    const passed = await passOver(source, { name, size, questions, limit });
    const found = passed.listing.diffId;
    if (found === diffId) return passed;
    throw wrongLayer(name, { wanted: diffId, found });
  });
}

export function wrongLayer(
  name: string,
  { wanted, found }: { readonly wanted: Digest; readonly found: Digest },
): AuditError {
  return new AuditError("LAYER_DIFFID", `layer ${name} unpacks to ${found}, but the config says ${wanted}`, {
    details: { wanted, found },
  });
}

export interface LayerPass extends Pick<StoredLayer, "name" | "size">, Pick<LayerQuestions, "questions"> {
  readonly limit?: number | undefined;
}

/** One pass over the bytes of a layer, whichever it is: the listing has the diffID that was found. */
export async function passOver(
  source: AsyncIterable<Uint8Array>,
  { name, size, questions, limit = unpackedLimit(size) }: LayerPass,
): Promise<Passed> {
  const collector = new LayerCollector(questions);
  const hash = createHash("sha256");
  let bytes = 0;
  const take = (piece: Uint8Array): void => {
    bytes += piece.length;
    if (bytes > limit) {
      throw new AuditError(
        "LAYER_LIMIT",
        `layer ${name} of ${size} bytes unpacks to more than ${limit}, which is more than is read of any`,
      );
    }
    hash.update(piece);
    collector.write(piece);
  };
  await unpack(source, take, size);
  const finished = collector.finish(finishDigest(hash));
  return { ...finished, again: collector.answers.map(({ again }) => again) };
}

async function* counted(
  source: AsyncIterable<Uint8Array>,
  onBytes: ((bytes: number) => void) | undefined,
): AsyncGenerator<Uint8Array> {
  for await (const part of source) {
    onBytes?.(part.length);
    yield part;
  }
}

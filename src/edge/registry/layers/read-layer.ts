import { createHash } from "node:crypto";
import { AuditError } from "../../../core/audit/error.ts";
import { LayerCollector } from "../../../core/audit/image/layer-collector.ts";
import type { ContentQuestion, LayerAnswer, LayerListing } from "../../../core/audit/image/layer-facts.ts";
import { finishDigest } from "../../../core/base/digest.ts";
import { type Again, mergeAnswers, onlyFor, unreadable } from "./passes.ts";
import type { ReadLayerOptions, StoredLayer } from "./port.ts";
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

/** What a reading gives; the answers are in the order of the questions. */
export interface ReadLayer {
  readonly listing: LayerListing;
  readonly answers: readonly LayerAnswer[];
}

/** Passes over one layer may take: where the tables of a library are is known after the first, all of them after the second. */
const MAX_PASSES = 3;

/** One pass over a layer, what it unpacks to verified by diffID. Another for files that ask for it. */
export async function readLayer(layer: StoredLayer, options: LayerQuestions): Promise<ReadLayer> {
  const { questions } = options;
  let { listing, answers, again } = await pass(layer, options);
  for (let passes = 1; again.some(({ size }) => size > 0); passes++) {
    if (passes === MAX_PASSES) return { listing, answers: unreadable(answers, again) };
    const next = await pass(layer, { ...options, questions: onlyFor(questions, again) });
    answers = mergeAnswers(answers, next.answers);
    again = next.again;
  }
  return { listing, answers };
}

interface Passed extends ReadLayer {
  readonly again: Again;
}

async function pass(
  layer: StoredLayer,
  { questions, limit = unpackedLimit(layer.size), signal, onBytes }: LayerQuestions,
): Promise<Passed> {
  const { name, size, diffId } = layer;
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
  await unpack(counted(layer.open(signal === undefined ? {} : { signal }), onBytes), take, size);
  const found = finishDigest(hash);
  if (found !== diffId) {
    throw new AuditError("LAYER_DIFFID", `layer ${name} unpacks to ${found}, but the config says ${diffId}`, {
      details: { wanted: diffId, found },
    });
  }
  return { ...collector.finish(found), again: collector.answers.map(({ again }) => again) };
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

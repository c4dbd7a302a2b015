import { createHash } from "node:crypto";
import { AuditError } from "../../../core/audit/error.ts";
import { LayerCollector } from "../../../core/audit/image/layer-collector.ts";
import type { ContentQuestion, LayerFacts } from "../../../core/audit/image/layer-facts.ts";
import { finishDigest } from "../../../core/base/digest.ts";
import type { CallOptions, Registry } from "../port.ts";
import type { LayerRef } from "./port.ts";
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

export interface ReadLayerOptions extends CallOptions {
  readonly question: ContentQuestion;
  /** Bytes; `unpackedLimit` unless told. */
  readonly limit?: number;
}

/** Passes over one layer may take: where the tables of a library are is known after the first, all of them after the second. */
const MAX_PASSES = 3;

/** One pass over a layer: its blob verified by digest, what it unpacks to by diffID. Another for files that ask for it. */
export async function readLayer(
  registry: Registry,
  layer: LayerRef,
  options: ReadLayerOptions,
): Promise<LayerFacts> {
  const first = await pass(registry, layer, options);
  let { facts, again } = first;
  for (let passes = 1; again.size > 0; passes++) {
    if (passes === MAX_PASSES) {
      const unread = [...again.keys()].map((path) => ({
        path,
        why: "its tables lie where no reading finds them",
      }));
      return { ...facts, skipped: [...facts.skipped, ...unread] };
    }
    const next = await pass(registry, layer, { ...options, question: onlyFor(options.question, again) });
    facts = { ...facts, notes: [...facts.notes, ...next.facts.notes] };
    again = next.again;
  }
  return facts;
}

/** The same question, of the files that were not read to their end. */
function onlyFor(question: ContentQuestion, again: Collected["again"]): ContentQuestion {
  return {
    ...question,
    reads(path, size) {
      const ranges = again.get(path);
      return ranges === undefined ? undefined : question.reads(path, size, ranges);
    },
  };
}

interface Collected {
  readonly facts: LayerFacts;
  readonly again: LayerCollector["again"];
}

async function pass(
  registry: Registry,
  { at, blob, diffId }: LayerRef,
  { question, limit = unpackedLimit(blob.size), ...options }: ReadLayerOptions,
): Promise<Collected> {
  const collector = new LayerCollector(question);
  const hash = createHash("sha256");
  let bytes = 0;
  await unpack(registry.readBlob(at, blob, options), (piece) => {
    bytes += piece.length;
    if (bytes > limit) {
      throw new AuditError(
        "LAYER_LIMIT",
        `layer ${blob.digest} of ${blob.size} bytes unpacks to more than ${limit}, which is more than is read of any`,
      );
    }
    hash.update(piece);
    collector.write(piece);
  });
  const found = finishDigest(hash);
  if (found !== diffId) {
    throw new AuditError(
      "LAYER_DIFFID",
      `layer ${blob.digest} unpacks to ${found}, but the config says ${diffId}`,
      {
        details: { wanted: diffId, found },
      },
    );
  }
  return { facts: collector.finish(found), again: collector.again };
}

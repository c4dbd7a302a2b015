import {
  type ContentQuestion,
  joinFacts,
  type LayerAnswer,
  type LayerFacts,
  type LayerListing,
} from "../../../core/audit/image/layer-facts.ts";
import type { Digest } from "../../../core/base/digest.ts";
import type { LayerCache } from "./layer-cache.ts";
import type { LayerReader, ReadLayer, ReadLayerOptions, StoredLayer } from "./port.ts";
import { readLayer } from "./read-layer.ts";

/** Each content is read once: what is asked for twice at once, and what an earlier run learnt. */
export function createLayerReader(cache: LayerCache): LayerReader {
  const asked = new Map<string, Promise<LayerFacts>>();
  return {
    read(layer, questions, options = {}) {
      const key = [...questions.map(({ id }) => id), layer.diffId].join(" ");
      const known = asked.get(key);
      if (known !== undefined) return known;
      const reading = readOnce(cache, layer, { ...options, questions });
      asked.set(key, reading);
      // A failure may be the network's: whoever asks again gets another try.
      reading.catch(() => asked.delete(key));
      return reading;
    },
    async known(diffId, questions) {
      const { listing, answers } = await look(cache, diffId, questions);
      if (listing === undefined || answers.size < questions.length) return undefined;
      return joinFacts(listing, [...answers.values()]);
    },
    keep: (read, questions) => keep(cache, read, questions),
  };
}

interface Known {
  readonly listing: LayerListing | undefined;
  /** By question, of those that were asked before. */
  readonly answers: Map<string, LayerAnswer>;
}

async function look(
  cache: LayerCache,
  diffId: Digest,
  questions: readonly ContentQuestion[],
): Promise<Known> {
  const listing = await cache.listing(diffId);
  const answers = new Map<string, LayerAnswer>();
  for (const { id } of listing === undefined ? [] : questions) {
    const answer = await cache.answer(diffId, id);
    if (answer !== undefined) answers.set(id, answer);
  }
  return { listing, answers };
}

async function keep(
  cache: LayerCache,
  { listing, answers }: ReadLayer,
  questions: readonly ContentQuestion[],
): Promise<void> {
  await cache.putListing(listing);
  for (const [index, { id }] of questions.entries()) {
    const answer = answers[index];
    if (answer !== undefined) await cache.putAnswer(listing.diffId, id, answer);
  }
}

/** Only what no earlier run answered is asked of the layer. */
async function readOnce(
  cache: LayerCache,
  layer: StoredLayer,
  { questions, ...options }: ReadLayerOptions & { readonly questions: readonly ContentQuestion[] },
): Promise<LayerFacts> {
  const { listing, answers } = await look(cache, layer.diffId, questions);
  const open = questions.filter(({ id }) => !answers.has(id));
  if (listing !== undefined && open.length === 0) return joinFacts(listing, [...answers.values()]);
  const read = await readLayer(layer, { ...options, questions: open });
  await keep(cache, read, open);
  return joinFacts(read.listing, [...answers.values(), ...read.answers]);
}

import {
  type ContentQuestion,
  joinFacts,
  type LayerAnswer,
  type LayerFacts,
} from "../../../core/audit/image/layer-facts.ts";
import type { LayerCache } from "./layer-cache.ts";
import type { LayerReader, ReadLayerOptions, StoredLayer } from "./port.ts";
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
  };
}

/** Only what no earlier run answered is asked of the layer. */
async function readOnce(
  cache: LayerCache,
  layer: StoredLayer,
  { questions, ...options }: ReadLayerOptions & { readonly questions: readonly ContentQuestion[] },
): Promise<LayerFacts> {
  const { diffId } = layer;
  const listing = await cache.listing(diffId);
  const answers = new Map<string, LayerAnswer>();
  for (const { id } of listing === undefined ? [] : questions) {
    const answer = await cache.answer(diffId, id);
    if (answer !== undefined) answers.set(id, answer);
  }
  const open = questions.filter(({ id }) => !answers.has(id));
  if (listing !== undefined && open.length === 0) return joinFacts(listing, [...answers.values()]);
  const read = await readLayer(layer, { ...options, questions: open });
  if (listing === undefined) await cache.putListing(read.listing);
  for (const [index, { id }] of open.entries()) {
    const answer = read.answers[index];
    if (answer === undefined) continue;
    answers.set(id, answer);
    await cache.putAnswer(diffId, id, answer);
  }
  return joinFacts(read.listing, [...answers.values()]);
}

import type { ContentQuestion, LayerFacts } from "../../../core/audit/image/layer-facts.ts";
import type { Registry } from "../port.ts";
import type { LayerCache } from "./layer-cache.ts";
import type { LayerReader } from "./port.ts";
import { readLayer } from "./read-layer.ts";

/** Layers of a registry, each content read once: what is asked for twice at once, and what an earlier run learnt. */
export function createLayerReader(registry: Registry, cache: LayerCache): LayerReader {
  const asked = new Map<string, Promise<LayerFacts>>();
  return {
    read(layer, question, options) {
      const key = `${question.id} ${layer.diffId}`;
      const known = asked.get(key) ?? readOnce(layer, question, options);
      asked.set(key, known);
      return known;
    },
  };

  async function readOnce(
    layer: Parameters<LayerReader["read"]>[0],
    question: ContentQuestion,
    options: Parameters<LayerReader["read"]>[2] = {},
  ): Promise<LayerFacts> {
    const kept = await cache.get(layer.diffId, question.id);
    if (kept !== undefined) return kept;
    const facts = await readLayer(registry, layer, { ...options, question });
    await cache.put(facts, question.id);
    return facts;
  }
}

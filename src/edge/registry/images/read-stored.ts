import type { LayerFacts } from "../../../core/audit/image/layer-facts.ts";
import type { StoredLayer } from "../layers/port.ts";
import type { ImageAsk } from "./port.ts";

/** One layer after the other: reading is bound by the processors, and memory stays small. */
export async function readStored(
  layers: readonly StoredLayer[],
  { reader, questions, onSize, onBytes, signal }: ImageAsk,
): Promise<readonly LayerFacts[]> {
  onSize?.(layers.reduce((sum, { size }) => sum + size, 0));
  const facts: LayerFacts[] = [];
  for (const layer of layers) {
    // A second pass over a layer is not more of the image.
    let left = layer.size;
    const count = (bytes: number): void => {
      const more = Math.min(left, bytes);
      left -= more;
      if (more > 0) onBytes?.(more);
    };
    const options = { ...(signal === undefined ? {} : { signal }), onBytes: count };
    facts.push(await reader.read(layer, questions, options));
    count(left);
  }
  return facts;
}

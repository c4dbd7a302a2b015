import type { LayerFacts } from "../../../core/audit/image/layer-facts.ts";
import type { StoredLayer } from "../layers/port.ts";
import type { ImageAsk } from "./port.ts";

/** While one is hashed and read here, another is unpacked in a thread of its own. More would only take more memory. */
const AT_ONCE = 2;

/** All layers, in their order. After a failure no further one is begun, and what was begun has ended when it is thrown. */
export async function readStored(
  layers: readonly StoredLayer[],
  ask: ImageAsk,
): Promise<readonly LayerFacts[]> {
  ask.onSize?.(layers.reduce((sum, { size }) => sum + size, 0));
  const facts: LayerFacts[] = [];
  let failure: { readonly error: unknown } | undefined;
  const open = layers.entries();
  const lane = async (): Promise<void> => {
    for (const [index, layer] of open) {
      if (failure !== undefined) return;
      try {
        facts[index] = await readOne(layer, ask);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  if (failure !== undefined) throw failure.error;
  return facts;
}

async function readOne(
  layer: StoredLayer,
  { reader, questions, onBytes, signal }: ImageAsk,
): Promise<LayerFacts> {
  // A second pass over a layer is not more of the image.
  let left = layer.size;
  const count = (bytes: number): void => {
    const more = Math.min(left, bytes);
    left -= more;
    if (more > 0) onBytes?.(more);
  };
  const facts = await reader.read(layer, questions, {
    ...(signal === undefined ? {} : { signal }),
    onBytes: count,
  });
  count(left);
  return facts;
}

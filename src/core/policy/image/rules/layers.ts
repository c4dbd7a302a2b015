import type { Reason, Verdict } from "../../verdict.ts";
import { imageVerdict } from "../about.ts";
import type { ImageFacts } from "../image-facts.ts";

/** Every layer unpacks to what the config says, whole, and holds nothing that could not be laid into an image. */
export function layersVerdict(facts: ImageFacts): Verdict {
  const { content } = facts;
  if (content.state === "unread") {
    const reason = { message: content.why };
    const observed = content.outcome === "fails" ? { fails: [reason] } : { unknown: [reason] };
    return imageVerdict("image-layers", facts, { ...observed, holds: { message: "" } });
  }
  const { layers, flat } = content;
  const fails: Reason[] = [
    ...layers.flatMap(({ skipped, diffId }) => skipped.map((each) => ({ ...each, digest: diffId }))),
    ...flat.skipped.map(({ path, why, layer }) => {
      const digest = layers[layer]?.diffId;
      return { path, why, ...(digest === undefined ? {} : { digest }) };
    }),
  ].map(({ path, why, ...place }) => ({ message: `/${path} was left out: ${why}`, ...place }));
  const bytes = layers.reduce((sum, layer) => sum + layer.bytes, 0);
  const files = layers.reduce((sum, { entries }) => sum + entries.length, 0);
  const holds = {
    message: `${layers.length} layer(s), ${files} entries, ${bytes} bytes, each as its diffID says`,
  };
  return imageVerdict("image-layers", facts, { fails, holds });
}

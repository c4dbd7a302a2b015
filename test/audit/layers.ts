import { LayerCollector } from "../../src/core/audit/image/layer-collector.ts";
import { type ContentQuestion, joinFacts, type LayerFacts } from "../../src/core/audit/image/layer-facts.ts";
import { digestOf } from "../../src/core/base/digest.ts";
import { type TarItem, tarOf } from "../kit/tar-writer.ts";

/** Keeps every file's content. */
export const KEEP_ALL: ContentQuestion = { id: "all", keepLimit: 16 * 1024 * 1024, reads: () => "keep" };

/** The facts of a layer with these entries. */
export function layerOf(items: readonly TarItem[], question: ContentQuestion = KEEP_ALL): LayerFacts {
  const bytes = tarOf(items);
  const collector = new LayerCollector([question]);
  collector.write(bytes);
  const { listing, answers } = collector.finish(digestOf(bytes));
  return joinFacts(listing, answers);
}

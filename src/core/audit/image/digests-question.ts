import { createRunningDigest } from "../../base/running-digest.ts";
import type { ContentQuestion } from "./layer-facts.ts";

/** Smaller files are not compared: thousands of them come to less than one library. */
export const MIN_COMPARED = 1024;

/** The digest of each file of some size: what tells that one content is stored twice. */
export const DIGESTS_QUESTION: ContentQuestion = {
  id: "digests-1",
  keepLimit: 0,
  reads(path, size) {
    if (size < MIN_COMPARED) return undefined;
    const digest = createRunningDigest();
    return {
      data: (piece) => digest.add(piece),
      end: () => [{ kind: "digest", path, digest: digest.finish() }],
    };
  },
};

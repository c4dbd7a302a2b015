import type { ContentReader, ReadContent } from "./layer-facts.ts";

/** Collects all of a file of so many bytes, and reads it at its end: for those that are small. */
export function wholeReader(size: number, read: (content: Uint8Array) => ReadContent): ContentReader {
  const content = new Uint8Array(size);
  let at = 0;
  return {
    data(piece) {
      content.set(piece, at);
      at += piece.length;
    },
    end: () => read(content),
  };
}

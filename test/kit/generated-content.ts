import { createHash } from "node:crypto";

/**
 * Text of the given length that depends on the seed and the name alone. Hexadecimal digits of hashes: as good as random,
 * so a layer of it does not shrink to nothing, and two seeds share no layer.
 */
export function generatedContent(seed: string, name: string, bytes: number): string {
  const lines: string[] = [];
  for (let block = 0; block * LINE < bytes; block += 1) {
    lines.push(
      createHash("sha256")
        .update(JSON.stringify([seed, name, block]))
        .digest("hex"),
    );
  }
  return `${lines.join("\n")}\n`.slice(0, bytes);
}

/** 64 digits and the line's end. */
const LINE = 65;

import { RegistryError } from "../error.ts";
import type { Answer } from "./exchange.ts";

/** The whole body where it has at most `limit` bytes; RegistryError REGISTRY_TOO_LARGE, and the connection cut, else. */
export async function readBody(answer: Answer, limit: number): Promise<Buffer> {
  const declared = Number(answer.headers["content-length"] ?? 0);
  const parts: Buffer[] = [];
  let size = 0;
  if (declared <= limit) {
    for await (const part of answer.body()) {
      size += part.byteLength;
      if (size > limit) break;
      parts.push(part);
    }
  }
  if (declared > limit || size > limit) {
    answer.cut();
    throw new RegistryError(
      "REGISTRY_TOO_LARGE",
      `${answer.url.host} answered with more than the ${limit} bytes that are read of such an answer`,
    );
  }
  // A slot that is free before its connection is makes the next request open another.
  await answer.over;
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts, size);
}

import type { DocumentFinding } from "../phase-state.ts";
import { DOCUMENT_LIMITS } from "./limits.ts";

export type Decoded =
  | { readonly lines: readonly string[]; readonly finding?: undefined }
  | { readonly finding: DocumentFinding };

/** Bytes as lines: UTF-8 with or without a byte order mark, any ends of lines; within the limits, or a finding. */
export function decodeLines(source: string | Uint8Array): Decoded {
  // The length of a string is a lower bound of its bytes.
  if (source.length > DOCUMENT_LIMITS.bytes) {
    return refuse("too-large", `the document has more than ${DOCUMENT_LIMITS.bytes} bytes`);
  }
  const text = typeof source === "string" ? source.replace(/^\ufeff/, "") : decode(source);
  if (text === undefined) return refuse("not-utf8", "the document is not UTF-8 text");
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.length > DOCUMENT_LIMITS.lines) {
    return refuse(
      "too-large",
      `the document has ${lines.length} lines; at most ${DOCUMENT_LIMITS.lines} are read`,
    );
  }
  const long = lines.findIndex((line) => line.length > DOCUMENT_LIMITS.line);
  if (long === -1) return { lines };
  const found = lines[long]?.length ?? 0;
  return refuse(
    "line-too-long",
    `the line has ${found} characters; at most ${DOCUMENT_LIMITS.line} are read`,
    long + 1,
  );
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function refuse(rule: string, message: string, line = 1): Decoded {
  return { finding: { rule, line, message, hint: "write it as a Markdown page that a person would read" } };
}

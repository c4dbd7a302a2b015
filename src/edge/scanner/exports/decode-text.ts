import { AdvisoryError } from "../../../core/advisory/osv/error.ts";
import type { RecordText } from "../../../core/advisory/osv/record-text.ts";

const DECODER = new TextDecoder("utf-8", { fatal: true });

/** The bytes as text: AdvisoryError ADVISORY_JSON where they are no UTF-8, since what stands for the rest is not known. */
export function decodeText(bytes: Uint8Array, { file, line }: Pick<RecordText, "file" | "line">): RecordText {
  try {
    return { file, line, text: DECODER.decode(bytes) };
  } catch (cause) {
    throw new AdvisoryError("ADVISORY_JSON", "expected text in UTF-8, found other bytes", {
      at: { file, line, column: 1 },
      cause,
    });
  }
}

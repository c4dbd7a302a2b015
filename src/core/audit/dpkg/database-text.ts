import { nameText } from "../tar/text.ts";

const STRICT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const LENIENT = new TextDecoder("utf-8");

/** A file of fields. Descriptions of old packages may be in other encodings; nothing is decided by them. */
export function fieldsText(bytes: Uint8Array): string {
  return LENIENT.decode(bytes);
}

/** The lines of a file of names, each spelt as the names of a layer are. The end of the last line may be missing. */
export function nameLines(bytes: Uint8Array): readonly string[] {
  let lines: string[];
  try {
    lines = STRICT.decode(bytes).split("\n");
  } catch {
    lines = [...byteLines(bytes)].map(nameText);
  }
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function* byteLines(bytes: Uint8Array): Generator<Uint8Array> {
  let start = 0;
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
    yield bytes.subarray(start, end);
    start = end + 1;
  }
  yield bytes.subarray(start);
}

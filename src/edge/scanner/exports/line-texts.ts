import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGunzip, type Gunzip } from "node:zlib";
import type { RecordText } from "../../../core/advisory/osv/record-text.ts";
import { messageOf } from "../../../core/base/error.ts";
import { decodeText } from "./decode-text.ts";
import { ExportError } from "./error.ts";
import type { OpenExport } from "./record-texts.ts";

const NEWLINE = 0x0a;
const CHUNK = { highWaterMark: 256 * 1024 } as const;

/** A record a line, empty lines left out; `whole`: all lines are one record. */
export async function* lineTexts(
  from: OpenExport,
  form: "gzip" | "lines" | "whole",
): AsyncGenerator<RecordText> {
  const chunks = form === "gzip" ? unpacked(from) : createReadStream(from.path, CHUNK);
  const lines = new LineSplitter(from);
  let total = 0;
  for await (const chunk of chunks as AsyncIterable<Buffer>) {
    total += chunk.length;
    if (total > from.limits.unpackedBytes)
      throw new ExportError("EXPORT_LIMIT", `${from.path} has more than ${from.limits.unpackedBytes} bytes`);
    if (form === "whole") lines.keep(chunk);
    else yield* lines.write(chunk);
  }
  yield* lines.end();
}

/** A gzip that ends early, is damaged, or has something behind it is an error: what is missing there may be any record. */
async function* unpacked({ path, signal }: OpenExport): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: CHUNK.highWaterMark });
  const options = signal === undefined ? {} : { signal };
  const feeding = pipeline(createReadStream(path, CHUNK), gunzip, options).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) yield chunk;
  } catch (thrown) {
    signal?.throwIfAborted();
    throw damaged(path, thrown);
  } finally {
    gunzip.destroy();
    await feeding;
  }
  await refuseRest(path, gunzip);
}

async function refuseRest(path: string, gunzip: Gunzip): Promise<void> {
  // Bytes that were taken, of all members; it leaves alone what begins as no member.
  const rest = (await stat(path)).size - gunzip.bytesWritten;
  if (rest > 0) throw damaged(path, new Error(`${rest} bytes behind its end`));
}

function damaged(path: string, thrown: unknown): unknown {
  const isZlib = thrown instanceof Error && "code" in thrown && String(thrown.code).startsWith("Z_");
  if (thrown instanceof Error && "syscall" in thrown && !isZlib) return thrown;
  return new ExportError("EXPORT_GZIP", `the gzip ${path} is damaged: ${messageOf(thrown)}`, {
    cause: thrown,
    hint: "fetch it again; it may have been cut",
  });
}

class LineSplitter {
  readonly #from: OpenExport;
  #line = 0;
  #rest: Buffer[] = [];
  #pending = 0;

  constructor(from: OpenExport) {
    this.#from = from;
  }

  *write(chunk: Buffer): Generator<RecordText> {
    let start = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, start)) {
      this.keep(chunk.subarray(start, at));
      yield* this.#take();
      start = at + 1;
    }
    this.keep(chunk.subarray(start));
  }

  keep(part: Buffer): void {
    this.#pending += part.length;
    const { path, limits } = this.#from;
    if (this.#pending > limits.recordBytes)
      throw new ExportError("EXPORT_LIMIT", `a record has more than ${limits.recordBytes} bytes`, {
        at: { file: path, line: this.#line + 1, column: 1 },
      });
    if (part.length > 0) this.#rest.push(part);
  }

  *end(): Generator<RecordText> {
    yield* this.#take();
  }

  *#take(): Generator<RecordText> {
    this.#line++;
    const bytes = this.#rest.length === 1 ? this.#rest[0] : Buffer.concat(this.#rest);
    this.#rest = [];
    this.#pending = 0;
    if (bytes === undefined) return;
    const text = decodeText(bytes, { file: this.#from.path, line: this.#line });
    if (text.text.trim() !== "") yield text;
  }
}

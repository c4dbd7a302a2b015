import { ZSTDDecoder } from "zstddec/stream";
import { AuditError } from "../../../core/audit/error.ts";

/** Decompresses one stream of zstd frames that is pushed into it piece by piece. */
export interface ZstdDecoder {
  /**
   * What a piece unpacks to, made as it is taken, so that no bomb is ever held; each part is only good until the next is
   * taken. Throws AuditError LAYER_COMPRESSION.
   */
  push(piece: Uint8Array): Generator<Uint8Array, void>;
  /** Throws AuditError LAYER_COMPRESSION where the stream ends within a frame. */
  end(): void;
  /** Gives its memory back; it must not be used afterwards. */
  free(): void;
}

/** What the module offers (zstd's own functions, lib/zstd.h); pointers are numbers. */
interface Functions {
  readonly memory: { readonly buffer: ArrayBuffer };
  malloc(bytes: number): number;
  free(pointer: number): void;
  ZSTD_createDCtx(): number;
  ZSTD_freeDCtx(context: number): number;
  /** Gives 0 at the end of a frame, an error code, or how much it would like to have next. */
  ZSTD_decompressStream(context: number, output: number, input: number): number;
}

/** Lends out the functions themselves: the package's own loop looks at no error code, and would go round for ever. */
class Lender extends ZSTDDecoder {
  static functions: Functions | undefined;

  override _init(result: Parameters<ZSTDDecoder["_init"]>[0]): void {
    super._init(result);
    // Which functions there are is part of the exact version that package.json names.
    Lender.functions = result.instance.exports as unknown as Functions;
  }
}

/** `ZSTD_isError`: codes are the last 120 numbers of a size_t of 32 bits. */
const FIRST_ERROR = 0x1_0000_0000 - 120;
const OUTPUT = 256 * 1024;
/** Fields of ZSTD_inBuffer and ZSTD_outBuffer: pointer, size, position. */
const BUFFER_BYTES = 12;

export async function createZstdDecoder(): Promise<ZstdDecoder> {
  if (Lender.functions === undefined) await new Lender().init();
  const { functions } = Lender;
  if (functions === undefined) throw new TypeError("zstddec does not lend its functions any more");
  return new Decoder(functions);
}

class Decoder implements ZstdDecoder {
  readonly #zstd: Functions;
  readonly #context: number;
  readonly #output: number;
  readonly #input: number;
  readonly #outputPlace: number;
  #inputPlace = 0;
  #inputSize = 0;
  #isWithinFrame = false;

  constructor(zstd: Functions) {
    this.#zstd = zstd;
    this.#context = zstd.ZSTD_createDCtx();
    this.#output = zstd.malloc(BUFFER_BYTES);
    this.#input = zstd.malloc(BUFFER_BYTES);
    this.#outputPlace = zstd.malloc(OUTPUT);
  }

  *push(piece: Uint8Array): Generator<Uint8Array, void> {
    if (piece.length === 0) return;
    this.#take(piece);
    for (let isDone = false; !isDone; ) {
      this.#write(this.#output, this.#outputPlace, OUTPUT);
      const left = this.#zstd.ZSTD_decompressStream(this.#context, this.#output, this.#input) >>> 0;
      if (left >= FIRST_ERROR) throw damaged(`zstd's error ${0x1_0000_0000 - left}`);
      this.#isWithinFrame = left !== 0;
      const made = this.#position(this.#output);
      // A full buffer may mean that there is more to come of what was taken in.
      isDone = this.#position(this.#input) === piece.length && made < OUTPUT;
      if (made > 0) yield new Uint8Array(this.#zstd.memory.buffer, this.#outputPlace, made);
    }
  }

  end(): void {
    if (this.#isWithinFrame) throw damaged("it ends in the middle of a frame");
  }

  free(): void {
    this.#zstd.ZSTD_freeDCtx(this.#context);
    for (const place of [this.#output, this.#input, this.#outputPlace, this.#inputPlace])
      this.#zstd.free(place);
  }

  #take(piece: Uint8Array): void {
    if (piece.length > this.#inputSize) {
      this.#zstd.free(this.#inputPlace);
      this.#inputPlace = this.#zstd.malloc(piece.length);
      this.#inputSize = piece.length;
    }
    new Uint8Array(this.#zstd.memory.buffer).set(piece, this.#inputPlace);
    this.#write(this.#input, this.#inputPlace, piece.length);
  }

  #write(buffer: number, place: number, size: number): void {
    // A new view each time: memory moves when it grows.
    const view = new DataView(this.#zstd.memory.buffer, buffer, BUFFER_BYTES);
    view.setUint32(0, place, true);
    view.setUint32(4, size, true);
    view.setUint32(8, 0, true);
  }

  #position(buffer: number): number {
    return new DataView(this.#zstd.memory.buffer, buffer, BUFFER_BYTES).getUint32(8, true);
  }
}

function damaged(why: string): AuditError {
  return new AuditError("LAYER_COMPRESSION", `a layer is no sound zstd: ${why}`);
}
